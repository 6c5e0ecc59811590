"""Scripts that other ledgers run in environments of their own. They import nothing of ours.

`DATABASE_URL=… python script.py` prints how many statements a two-line entry takes, then reads numbers from its input,
posts so many entries one by one for each, and prints «done».
"""
