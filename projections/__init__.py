"""Folds from facts to the rows recruiters, officers and candidates are shown.

Nothing here can open a token: tokens pass from the log to the views as they are.
"""
