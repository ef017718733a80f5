"""Scorecards: what indicators, positions, processes and suppliers come to, computed from tickets, registers and definitions."""
