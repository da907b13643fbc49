"""Runs inside the app's own process: puts it on our port, finds its app, tells its routes.

``start.py`` is what the app's interpreter executes. It loads this folder under a name of its
own, so that nothing here can be mistaken for, or shadow, one of the app's modules; the folder
needs the standard library only, and imports a framework only if the app has done so already.
"""
