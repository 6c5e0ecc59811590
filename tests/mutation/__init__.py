"""How much the tests notice: `make mutate` changes the code in small ways, one at a time, and runs nearby tests."""
