"""The reports in the admin, and the figures of the dashboard."""
