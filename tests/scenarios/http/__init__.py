"""The stories of `tests.scenarios`, told by a program that knows nothing but the API."""
