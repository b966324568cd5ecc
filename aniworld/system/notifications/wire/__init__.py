"""The process that sends one message and ends. Plain Python: it reads no settings, knows no
database, and is killed when it takes too long.

It is given one JSON object on its standard input and answers with one on its standard output
(``messages``). Its input stays open until whoever began it ends, and it with that one.
"""
