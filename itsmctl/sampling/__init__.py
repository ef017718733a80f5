"""Audit sampling of attributes: how many records people read, which ones, and what their answers say of all of them."""
