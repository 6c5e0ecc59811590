"""The one list: a description of columns, filters and steps, and everything that every list can do."""
