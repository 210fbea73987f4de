-- What all graphs tell, added up: `times` is how many graphs tell a row, and the row goes with the last.
-- "" stands for what is not told.

-- IRIs of whatever is no fact.
CREATE TABLE resource (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);

-- A fact as one or more graphs describe it. Days are ISO 8601. `dated` where a time is told of it, and
-- its bounds are not only those that the day of the article gives.
CREATE TABLE telling (
    fact INTEGER NOT NULL,
    type TEXT NOT NULL,
    claimed INTEGER NOT NULL,
    label TEXT NOT NULL,
    action TEXT NOT NULL,
    realis TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    earliest TEXT NOT NULL,
    latest TEXT NOT NULL,
    dated INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (fact, type, claimed, label, action, realis, since, until, earliest, latest, dated)
) WITHOUT ROWID;

-- That an article states a fact; `speaker` is "" where it does so in its own voice.
CREATE TABLE statement (
    fact INTEGER NOT NULL,
    iri TEXT NOT NULL,
    article INTEGER NOT NULL,
    modality TEXT NOT NULL,
    speaker TEXT NOT NULL,
    confidence REAL NOT NULL,
    rule TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (fact, iri, article, modality, speaker, confidence, rule)
) WITHOUT ROWID;

-- The words that say so, by their offsets in the article.
CREATE TABLE passage (
    fact INTEGER NOT NULL,
    article INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    text TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (fact, article, start, stop, text)
) WITHOUT ROWID;

-- Whatever facts are filtered and counted by: a dimension (a role, reason, source …) and a value of it.
CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    facts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (dimension, value)
);

CREATE INDEX term_told ON term (dimension, value) WHERE facts > 0;

CREATE TABLE tag (
    term INTEGER NOT NULL,
    fact INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (term, fact)
) WITHOUT ROWID;

CREATE INDEX tag_fact ON tag (fact, term);

CREATE TRIGGER tag_new AFTER INSERT ON tag BEGIN
    UPDATE term SET facts = facts + 1 WHERE id = new.term;
END;

CREATE TRIGGER tag_gone AFTER DELETE ON tag BEGIN
    UPDATE term SET facts = facts - 1 WHERE id = old.term;
END;

CREATE TABLE kind (
    entity INTEGER NOT NULL,
    type TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (entity, type)
) WITHOUT ROWID;

-- `manner` is the property by local name: label, altLabel, demonym, alpha2 …; `folded` is the name in
-- small ASCII letters.
CREATE TABLE name (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    name TEXT NOT NULL,
    manner TEXT NOT NULL,
    language TEXT NOT NULL,
    folded TEXT NOT NULL,
    times INTEGER NOT NULL,
    UNIQUE (entity, name, manner, language)
);

CREATE INDEX name_folded ON name (folded, entity);

-- Under what a name is looked up when it may be spelt otherwise.
CREATE TABLE name_key (key TEXT NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (key, name)) WITHOUT ROWID;

CREATE INDEX name_key_name ON name_key (name);

CREATE VIRTUAL TABLE name_words USING fts5 (
    folded, content = 'name', content_rowid = 'id', tokenize = 'ascii', prefix = '1 2 3'
);

CREATE TRIGGER name_new AFTER INSERT ON name BEGIN
    INSERT INTO name_words (rowid, folded) VALUES (new.id, new.folded);
END;

CREATE TRIGGER name_gone AFTER DELETE ON name BEGIN
    INSERT INTO name_words (name_words, rowid, folded) VALUES ('delete', old.id, old.folded);
    DELETE FROM name_key WHERE name = old.id;
END;

-- What links entities with one another and with the same thing elsewhere.
CREATE TABLE link (
    subject INTEGER NOT NULL,
    predicate TEXT NOT NULL,
    object INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (subject, predicate, object)
) WITHOUT ROWID;

CREATE INDEX link_object ON link (object, predicate, subject);

-- A thing and a property by which others point at it.
CREATE TABLE pointing (
    id INTEGER PRIMARY KEY,
    object TEXT NOT NULL,
    property TEXT NOT NULL,
    subjects INTEGER NOT NULL DEFAULT 0,
    UNIQUE (object, property)
);

CREATE TABLE pointer (
    pointing INTEGER NOT NULL,
    subject TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (pointing, subject)
) WITHOUT ROWID;

CREATE TRIGGER pointer_new AFTER INSERT ON pointer BEGIN
    UPDATE pointing SET subjects = subjects + 1 WHERE id = new.pointing;
END;

CREATE TRIGGER pointer_gone AFTER DELETE ON pointer BEGIN
    UPDATE pointing SET subjects = subjects - 1 WHERE id = old.pointing;
END;

-- An article as a graph describes it; `body` is its text where the graph has it.
CREATE TABLE report (
    article INTEGER NOT NULL,
    headline TEXT NOT NULL,
    published TEXT NOT NULL,
    language TEXT NOT NULL,
    source TEXT NOT NULL,
    body TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (article, headline, published, language, source, body)
) WITHOUT ROWID;

-- What follows is worked out from the tables above, for whatever changed in them.

-- `id` is the place of a fact in the order in which facts are listed: it never moves.
CREATE TABLE fact (
    id INTEGER PRIMARY KEY,
    iri TEXT NOT NULL UNIQUE,
    type TEXT,
    label TEXT,
    action TEXT,
    realis TEXT,
    claimed INTEGER,
    since TEXT,
    until TEXT,
    earliest TEXT,
    latest TEXT,
    dated INTEGER,
    confidence REAL
);

CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    iri TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    label TEXT NOT NULL
);

CREATE INDEX entity_type ON entity (type, iri);

CREATE TABLE article (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, published TEXT NOT NULL);

CREATE INDEX article_published ON article (published DESC, iri);

-- What full-text search finds: `ref` is the id of a fact, or of the resource of an entity or article.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    ref INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, ref)
);

CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content = 'document', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER document_new AFTER INSERT ON document BEGIN
    INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;

CREATE TRIGGER document_gone AFTER DELETE ON document BEGIN
    INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;

CREATE TRIGGER document_other AFTER UPDATE ON document BEGIN
    INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
