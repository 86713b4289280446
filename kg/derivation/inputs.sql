-- What the rules of derivation read: one row a training run, from the relation of quads.
--
-- Each input is the one value that is stated; where a run states two different ones, the input is NULL and nothing is derived from it.
-- `evidence` maps the name of an input to the statements behind it (or the thing that holds it, where no passage states it).

CREATE OR REPLACE MACRO kg_term(name) AS '<https://kg.example/ns#' || name || '>';
-- No input of ours can be 0, negative or without end; what says so is no input.
CREATE OR REPLACE MACRO kg_positive(lexical) AS CASE WHEN TRY_CAST(lexical AS DOUBLE) > 0 AND isfinite(TRY_CAST(lexical AS DOUBLE)) THEN TRY_CAST(lexical AS DOUBLE) END;

CREATE OR REPLACE TEMP TABLE kg_single AS
SELECT s, regexp_extract(p, '#(.*)>$', 1) AS property, any_value(o) AS o, kg_lexical(any_value(o)) AS lexical
FROM quads WHERE starts_with(p, '<https://kg.example/ns#')
GROUP BY s, p HAVING count(DISTINCT o) = 1;

-- Every statement: what it is about, the passage that makes it, and its number and unit if it has one.
CREATE OR REPLACE TEMP TABLE kg_statements AS
SELECT s AS statement,
  any_value(o) FILTER (p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#subject>') AS subject,
  regexp_extract(any_value(o) FILTER (p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate>'), '#(.*)>$', 1) AS property,
  any_value(o) FILTER (p = '<http://www.w3.org/ns/oa#hasSource>') AS passage,
  kg_positive(kg_lexical(any_value(o) FILTER (p = '<http://qudt.org/schema/qudt/numericValue>'))) AS number,
  kg_lexical(any_value(o) FILTER (p = kg_term('unitText'))) AS unit,
  coalesce(bool_or(p = kg_term('approximate') AND kg_lexical(o) IN ('true', '1')), false) AS approximate
FROM quads
WHERE p IN ('<http://www.w3.org/1999/02/22-rdf-syntax-ns#subject>', '<http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate>',
            '<http://www.w3.org/ns/oa#hasSource>', '<http://qudt.org/schema/qudt/numericValue>', kg_term('unitText'), kg_term('approximate'))
GROUP BY s HAVING subject IS NOT NULL;

-- A quantity (a number with a unit) in base units: seconds, FLOP. NULL where a thing states two, or one in a unit of something else.
CREATE OR REPLACE TEMP TABLE kg_quantities AS
SELECT subject, property,
  CASE WHEN count(DISTINCT (number, unit)) = 1 THEN any_value(number) END AS number,
  CASE WHEN count(DISTINCT (number, unit)) = 1 THEN any_value(unit) END AS unit,
  CASE WHEN count(DISTINCT (number, unit)) = 1 THEN any_value(number * factor::DOUBLE)
    FILTER (units.base = CASE property WHEN 'trainingDuration' THEN 'second' WHEN 'reportedCompute' THEN 'FLOP' END) END AS base
FROM kg_statements LEFT JOIN units ON units.word = kg_statements.unit WHERE number IS NOT NULL
GROUP BY subject, property;

CREATE OR REPLACE TEMP TABLE kg_wide AS
SELECT s,
  any_value(kg_positive(lexical)) FILTER (property = 'parameterCount') AS parameters,
  any_value(kg_positive(lexical)) FILTER (property = 'layerCount') AS layers,
  any_value(kg_positive(lexical)) FILTER (property = 'hiddenSize') AS hidden,
  any_value(kg_positive(lexical)) FILTER (property = 'acceleratorCount') AS count,
  any_value(kg_positive(lexical)) FILTER (property = 'globalBatchSize') AS batch,
  any_value(kg_positive(lexical)) FILTER (property = 'contextLength') AS context,
  any_value(kg_positive(lexical)) FILTER (property = 'initialContextLength') AS initial_context,
  any_value(kg_positive(lexical)) FILTER (property = 'achievedThroughput') AS throughput,
  any_value(kg_positive(lexical)) FILTER (property = 'modelParallelDegree') AS model_parallel,
  any_value(kg_positive(lexical)) FILTER (property = 'dataParallelDegree') AS data_parallel,
  any_value(lexical) FILTER (property = 'dataParallelism') = 'true' AS is_data_parallel,
  bool_or(property IN ('tensorParallelDegree', 'pipelineParallelDegree', 'expertParallelDegree')) AS more_parallel,
  any_value(kg_positive(lexical)) FILTER (property = 'tokenCount') AS tokens,
  any_value(kg_positive(lexical)) FILTER (property = 'pairCount') AS pairs,
  any_value(kg_positive(lexical)) FILTER (property = 'clipCount') AS clips,
  any_value(kg_positive(lexical)) FILTER (property = 'peakThroughputBF16') AS peak_bf16,
  any_value(kg_positive(lexical)) FILTER (property = 'peakThroughputFP16') AS peak_fp16,
  any_value(kg_positive(lexical)) FILTER (property = 'peakThroughputFP8') AS peak_fp8,
  any_value(kg_positive(lexical)) FILTER (property = 'thermalDesignPower') AS power,
  any_value(kg_positive(lexical)) FILTER (property = 'gridCarbonIntensity') AS grid,
  any_value(lexical) FILTER (property = 'gridYear') AS grid_year,
  any_value(lexical) FILTER (property = 'frozen') = 'true' AS frozen,
  any_value(o) FILTER (property = 'describedIn') AS passage,
  any_value(o) FILTER (property = 'trainedOn') AS data,
  any_value(o) FILTER (property = 'atFacility') AS facility,
  any_value(o) FILTER (property = 'hasAllocation') AS allocation,
  any_value(o) FILTER (property = 'accelerator') AS accelerator,
  any_value(o) FILTER (property = 'referenceVariant') AS variant,
  any_value(o) FILTER (property = 'country') AS country,
  any_value(o) FILTER (property = 'basedOn') AS design,
  any_value(lexical) FILTER (property = 'name') AS name
FROM kg_single GROUP BY s;

-- Frozen components of a model: their parameters together (NULL where one is unknown), and whether a passage states any of them.
CREATE OR REPLACE TEMP TABLE kg_frozen AS
SELECT q.s AS model,
  CASE WHEN count(*) = count(coalesce(c.parameters, d.parameters)) THEN sum(coalesce(c.parameters, d.parameters)) END AS parameters,
  bool_or(c.parameters IS NOT NULL) AS stated,
  list(DISTINCT c.s ORDER BY c.s) AS components,
  string_agg(coalesce(c.parameters, d.parameters)::VARCHAR, ' − ' ORDER BY c.s) AS terms,
  list(DISTINCT d.s ORDER BY d.s) FILTER (c.parameters IS NULL AND d.s IS NOT NULL) AS designs
FROM (SELECT DISTINCT s, o FROM quads WHERE p = kg_term('hasComponent')) q JOIN kg_wide c ON c.s = q.o LEFT JOIN kg_wide d ON d.s = c.design
WHERE c.frozen
GROUP BY q.s;

CREATE OR REPLACE TEMP TABLE kg_runs AS
SELECT h.o AS run, h.s AS model, m.passage, m.parameters, m.layers, m.hidden,
  r.count, r.batch, b.unit AS batch_unit, r.context, r.initial_context, r.throughput, r.model_parallel, r.data_parallel, r.is_data_parallel,
  coalesce(r.more_parallel, false) AS more_parallel,
  t.base AS seconds, t.unit AS time_unit, d.s AS data, d.tokens, d.pairs, d.clips,
  a.accelerator, c.variant, coalesce(c.peak_bf16, v.peak_bf16, c.peak_fp16, v.peak_fp16) AS peak_bf16, coalesce(c.peak_fp8, v.peak_fp8) AS peak_fp8,
  coalesce(c.power, v.power) AS power,
  f.country, g.grid, g.grid_year, k.base AS reported, k.number AS reported_number, k.unit AS reported_unit,
  z.parameters AS frozen, z.stated AS frozen_stated, z.components, z.terms AS frozen_terms, z.designs,
  coalesce(list_contains(p.precisions, '"bfloat16"') OR list_contains(p.precisions, '"FP16"'), false) AS half,
  coalesce(list_contains(p.precisions, '"FP8"'), false) AS fp8, p.precisions IS NOT NULL AS precision_stated,
  -- What is said of a model is derived once, whatever the number of its runs.
  row_number() OVER (PARTITION BY h.s ORDER BY t.base IS NULL, r.count IS NULL, h.o) = 1 AS main
FROM (SELECT DISTINCT s, o FROM quads WHERE p = kg_term('hasTrainingRun')) h
LEFT JOIN kg_wide m ON m.s = h.s LEFT JOIN kg_wide r ON r.s = h.o
LEFT JOIN kg_wide d ON d.s = r.data
LEFT JOIN kg_wide a ON a.s = r.allocation
LEFT JOIN kg_wide c ON c.s = a.accelerator LEFT JOIN kg_wide v ON v.s = c.variant
LEFT JOIN kg_wide f ON f.s = r.facility LEFT JOIN kg_wide g ON g.s = f.country
LEFT JOIN kg_quantities t ON t.subject = h.o AND t.property = 'trainingDuration'
LEFT JOIN kg_quantities b ON b.subject = h.o AND b.property = 'globalBatchSize'
LEFT JOIN kg_quantities k ON k.subject = h.o AND k.property = 'reportedCompute'
LEFT JOIN kg_frozen z ON z.model = h.s
LEFT JOIN (SELECT s, list(o) AS precisions FROM quads WHERE p = kg_term('precision') GROUP BY s) p ON p.s = h.o;

-- The statements behind the inputs of a run, by the name of the property that states them; the name of the accelerator is called `accelerator`,
-- what is said of a frozen component begins with `component.`. Several passages tell of one accelerator: each run has what its own passage says.
CREATE OR REPLACE TEMP VIEW kg_evidence AS
SELECT DISTINCT x.run, CASE WHEN x.subject = r.accelerator AND e.property = 'name' THEN 'accelerator' WHEN list_contains(r.components, x.subject) THEN 'component.' || e.property ELSE e.property END AS property, e.statement
FROM (
  SELECT run, run AS subject FROM kg_runs UNION SELECT run, model FROM kg_runs UNION SELECT run, data FROM kg_runs
  UNION SELECT run, accelerator FROM kg_runs UNION SELECT r.run, w.facility FROM kg_runs r JOIN kg_wide w ON w.s = r.run
  UNION SELECT run, unnest(components) FROM kg_runs
) x JOIN kg_runs r ON r.run = x.run JOIN kg_statements e ON e.subject = x.subject AND e.passage = r.passage;
