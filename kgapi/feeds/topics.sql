-- What the facts of changes are about: `dimension` is entity, country, programme or reason.
CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (dimension, value)
);

-- `place` is that of the fact among those of its change, by IRI.
CREATE TABLE about (
    topic INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (topic, seq, place)
) WITHOUT ROWID;
