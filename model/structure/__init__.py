"""Changing the model itself: items added, moved, renamed, removed, and who uses what."""
