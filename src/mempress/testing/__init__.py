"""Systems with known truth, systems that misbehave, and the conformance suite for adapters.

    controls      Null, Perfect, PlainList: what the figures look like at their limits
    scripted      systems whose cost, size and events follow a known script
    faulty        systems that each break one promise
    conformance   checks that any adapter can be put through

Each is imported by its own name; importing this package loads none of them.
"""
