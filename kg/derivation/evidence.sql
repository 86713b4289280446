-- The relations around `derived` and `flags` that the mapping and the report read.

-- Values as text, in the datatype that the ontology gives the property, and with its own literal on the run or model.
CREATE OR REPLACE TABLE derived_values AS
SELECT d.iri, d.subject, t.iri AS property, t.range AS datatype, u.iri AS unit_iri, d.unit, d.formula, d.method, d.at_precision, d.level,
  CASE parse_filename(replace(t.range, '#', '/')) WHEN 'double' THEN kg_double(value) WHEN 'integer' THEN
    -- A double is exact up to 2 to the power of 53.
    CASE WHEN abs(value) <= 9007199254740992 THEN round(value)::BIGINT::VARCHAR ELSE kg_decimal(round(value)) END
  ELSE kg_decimal(value) END AS lexical
FROM derived d JOIN terms t ON t.name = d.property LEFT JOIN units u ON u.word = d.unit;

CREATE OR REPLACE TABLE derived_inputs AS
SELECT DISTINCT d.iri, substr(e.statement, 2, length(e.statement) - 2) AS input
FROM (SELECT iri, run, unnest(inputs) AS property FROM derived) d JOIN kg_evidence e USING (run, property)
UNION SELECT iri, substr(thing, 2, length(thing) - 2) FROM (SELECT iri, unnest(things) AS thing FROM derived);

CREATE OR REPLACE TABLE derived_assumptions AS SELECT iri, unnest(assumptions) AS assumption FROM derived;

CREATE OR REPLACE TABLE derived_cautions AS
SELECT DISTINCT d.iri, f.message, CASE WHEN f.severity = 'violation' THEN true END AS implausible
FROM flags f JOIN derived d USING (run, property) WHERE f.severity <> 'info';

-- What the mapping reads, in one relation: a row for each value, and one for each input, assumption and caution of it.
CREATE OR REPLACE TABLE derived_rows AS
FROM derived_values
UNION ALL BY NAME FROM derived_inputs
UNION ALL BY NAME FROM derived_assumptions
UNION ALL BY NAME SELECT iri, message AS caution, implausible FROM derived_cautions
-- What follows from an approximate value is approximate.
UNION ALL BY NAME SELECT DISTINCT i.iri, true AS approximate
  FROM derived_inputs i JOIN kg_statements s ON s.statement = '<' || i.input || '>' WHERE s.approximate;

-- Each flag with the span of its first input that a passage states.
CREATE OR REPLACE TEMP TABLE kg_flagged AS
WITH numbered AS (SELECT row_number() OVER (ORDER BY run, code, property) AS n, * FROM flags),
inputs AS (SELECT n, run, unnest(inputs) AS property, generate_subscripts(inputs, 1) AS place FROM numbered),
first AS (
  SELECT n, arg_min(statement, (place, statement)) AS statement FROM inputs JOIN kg_evidence USING (run, property) GROUP BY n),
spans AS (
  SELECT s AS statement, any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#hasSource>') AS passage,
    any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#hasSelector>') AS selector
  FROM quads WHERE s IN (SELECT statement FROM first) GROUP BY s),
places AS (
  SELECT s AS selector, kg_lexical(any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#start>'))::BIGINT AS start,
    kg_lexical(any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#end>'))::BIGINT AS stop,
    kg_lexical(any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#exact>')) AS words
  FROM quads WHERE s IN (SELECT selector FROM spans) GROUP BY s),
files AS (SELECT s AS passage, kg_lexical(any_value(o)) AS file FROM quads WHERE p = kg_term('fileName') GROUP BY s)
SELECT code, severity, message, substr(run, 2, length(run) - 2) AS run, property, coalesce(f.file, g.file) AS file, start, stop, words
FROM numbered LEFT JOIN first USING (n) LEFT JOIN spans USING (statement) LEFT JOIN places USING (selector) LEFT JOIN files f ON f.passage = spans.passage
LEFT JOIN kg_runs USING (run) LEFT JOIN files g ON g.passage = kg_runs.passage
ORDER BY n;
