-- Demands to be erased that were carried out here, and how much that was.
CREATE TABLE erasures (
    project   VARCHAR NOT NULL,
    id        VARCHAR NOT NULL,
    done      BIGINT NOT NULL,
    feedback  BIGINT NOT NULL,
    responses BIGINT NOT NULL
);
