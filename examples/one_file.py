"""A whole adapter in one file: mempress run examples/one_file.py:SharedWords"""

from mempress import Hit


class SharedWords:
    def __init__(self, workdir, config):
        self.texts = {}

    def store(self, records):
        self.texts.update((record.id, record.text) for record in records)

    def search(self, query, *, limit):
        words = set(query.split())
        ranked = sorted(self.texts, key=lambda key: -len(words & set(self.texts[key].split())))
        return [Hit(self.texts[key], key) for key in ranked[:limit]]

    def close(self):
        self.texts.clear()
