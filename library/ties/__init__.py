"""Series that several sites serve: the ties an owner has confirmed, and what speaks for one."""
