"""How an untrusted app is held: a ladder of rungs, each probed before it is trusted.

``choose_hold`` climbs the ladder, ``bubblewrap`` says what an app sees inside, ``broker`` runs
inside and hands connections out, ``doorway`` receives them outside and checks each one.
"""
