"""Ticket exports in, a dataset folder out: one module for each family of exports, and what they share."""
