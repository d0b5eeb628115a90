"""Types of obligation: labels for readers, which no engine looks at."""

# Those of the Alliance Treaty Obligations and Provisions project (ATOP), and two for treaties that
# promise less than defence. The order is that of messages and legends.
_ATOP = ("defence", "offence", "neutrality", "nonaggression", "consultation")
TYPES = (*_ATOP, "assistance", "restraint")
