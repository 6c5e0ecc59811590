"""What sales are taxed with: which tax, groups of it on paper, and the tax on advance payments."""
