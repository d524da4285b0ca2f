"""Several runs side by side: what differs beyond noise, who is best, in words and in a table; from runs to a result."""
