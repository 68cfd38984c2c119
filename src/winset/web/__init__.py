"""The web face: an HTTP API with the same answers as the command line, and one page on it.

`app.create` builds the ASGI application that ``winset serve`` runs. Every answer is the object that
the command line prints with ``--json``, made by the same functions.
"""
