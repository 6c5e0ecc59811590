"""The workspace's own pages: what belongs to the company and to the person."""
