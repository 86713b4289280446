-- The rules of derivation: one SELECT a rule, over the relation kg_runs of inputs.sql.
--
-- A rule gives no row where an input is missing: SQL's NULL does it. `subject` is the thing that the value is of, `inputs` the properties whose
-- statements are its evidence, `things` the reference entries used, `assumptions` what is taken for granted (NULL members are dropped).
-- A value that rests on an assumption is an estimate, any other is derived.

CREATE OR REPLACE TEMP TABLE kg_computed AS
SELECT *,
  seconds / 3600 AS hours,
  6 * parameters * tokens AS operations,
  count * throughput * seconds AS by_hardware,
  count * peak_bf16 * seconds AS peak_at_bf16,
  count * peak_fp8 * seconds AS peak_at_fp8,
  -- The most that is possible at the stated precision; unknown where no FP8 peak is published.
  CASE WHEN NOT fp8 THEN peak_bf16 WHEN peak_fp8 IS NOT NULL THEN greatest(peak_bf16, peak_fp8) END AS peak_at_best,
  count * peak_at_best * seconds AS compute_at_best,
  count * power * seconds / 3600 / 1e6 AS energy,
  CASE time_unit
    WHEN 'month' THEN '1 month = 2629746 s (the mean Gregorian month, QUDT MO_MeanGREGORIAN)'
    WHEN 'year' THEN '1 year = 31557600 s (365.25 days, QUDT YR)' END AS calendar,
  CASE WHEN variant IS NOT NULL THEN 'form factor or memory not stated: the figures of ' || regexp_extract(variant, '([^/]*)>$', 1) || ' are taken' END AS product,
  CASE WHEN NOT precision_stated THEN 'precision not stated: the dense BF16 peak is taken'
    WHEN NOT half AND NOT fp8 THEN 'the dense BF16 peak is taken, whatever the precision' END AS unsaid_precision,
  'dense, every token seen once' AS counting,
  coalesce(variant, accelerator) AS figures,
  CASE WHEN batch_unit = 'sequences' THEN batch * context WHEN batch_unit = 'tokens' THEN batch END AS batch_tokens,
  coalesce(pairs, 0) + coalesce(clips, 0) AS samples
FROM kg_runs;

CREATE OR REPLACE TEMP TABLE kg_rules AS

-- Duration in hours
SELECT run, run AS subject, 'trainingDurationHours' AS property, NULL AS method, NULL AS at_precision, hours AS value, 'hour' AS unit,
  'trainingDuration × hours in its unit' AS formula, ['trainingDuration'] AS inputs, []::VARCHAR[] AS things, [calendar] AS assumptions
FROM kg_computed

-- Accelerator-hours
UNION ALL SELECT run, run, 'acceleratorHours', NULL, NULL, count * hours, 'accelerator-hour',
  'acceleratorCount × trainingDurationHours', ['acceleratorCount', 'trainingDuration'], [], [calendar]
FROM kg_computed

UNION ALL SELECT run, run, 'acceleratorHoursPerBillionParameters', NULL, NULL, count * hours / (parameters / 1e9), 'accelerator-hour',
  'acceleratorHours ÷ (parameterCount ÷ 10⁹)', ['acceleratorCount', 'trainingDuration', 'parameterCount'], [], [calendar]
FROM kg_computed

-- Training compute by counting operations: 6 for each parameter and token (forward 2, backward 4)
UNION ALL SELECT run, run, 'trainingComputeOperationCounting', 'operation counting', NULL, operations, 'FLOP',
  '6 × parameterCount × tokenCount', ['parameterCount', 'tokenCount'], [], [counting]
FROM kg_computed

-- Training compute by hardware: what the accelerators did, at the throughput that is stated
UNION ALL SELECT run, run, 'trainingComputeHardwareMethod', 'hardware', NULL, by_hardware, 'FLOP',
  'acceleratorCount × achievedThroughput × seconds', ['acceleratorCount', 'achievedThroughput', 'trainingDuration'], [],
  [calendar, 'the stated throughput was sustained for the whole run']
FROM kg_computed

-- Training compute as reported, in FLOP
UNION ALL SELECT run, run, 'reportedComputeFLOP', 'reported', NULL, reported, 'FLOP',
  'reportedCompute × FLOP in its unit', ['reportedCompute'], [], []
FROM kg_computed

-- The most that the hardware can do in the time: an upper bound of compute, not an estimate of it
UNION ALL SELECT run, run, 'hardwarePeakCompute', 'hardware peak', CASE WHEN fp8 THEN 'bfloat16' END, peak_at_bf16, 'FLOP',
  'acceleratorCount × peak throughput × seconds', ['acceleratorCount', 'accelerator', 'trainingDuration', 'precision'], [figures], [calendar, product, unsaid_precision]
FROM kg_computed

UNION ALL SELECT run, run, 'hardwarePeakCompute', 'hardware peak', 'FP8', peak_at_fp8, 'FLOP',
  'acceleratorCount × peak throughput × seconds', ['acceleratorCount', 'accelerator', 'trainingDuration', 'precision'], [figures], [calendar, product]
FROM kg_computed WHERE fp8

-- Utilisation: as the stated throughput gives it, and as counted operations imply it
UNION ALL SELECT run, run, 'modelFlopsUtilizationReported', 'stated throughput', NULL, throughput / peak_bf16, '1',
  'achievedThroughput ÷ peak throughput', ['achievedThroughput', 'accelerator', 'precision'], [figures], [product, unsaid_precision]
FROM kg_computed

UNION ALL SELECT run, run, 'impliedUtilization', 'operation counting', CASE WHEN fp8 THEN 'bfloat16' END, operations / peak_at_bf16, '1',
  'trainingComputeOperationCounting ÷ hardwarePeakCompute', ['parameterCount', 'tokenCount', 'acceleratorCount', 'accelerator', 'trainingDuration', 'precision'],
  [figures], [calendar, product, unsaid_precision, counting]
FROM kg_computed

UNION ALL SELECT run, run, 'impliedUtilization', 'operation counting', 'FP8', operations / peak_at_fp8, '1',
  'trainingComputeOperationCounting ÷ hardwarePeakCompute', ['parameterCount', 'tokenCount', 'acceleratorCount', 'accelerator', 'trainingDuration', 'precision'],
  [figures], [calendar, product, counting]
FROM kg_computed WHERE fp8

-- Energy at the power that the accelerators are designed for, and the CO2 equivalent of it
UNION ALL SELECT run, run, 'trainingEnergy', 'thermal design power', NULL, energy, 'MegaW-HR',
  'acceleratorCount × thermalDesignPower × trainingDurationHours', ['acceleratorCount', 'accelerator', 'trainingDuration'], [figures],
  [calendar, product, 'accelerators only, at their thermal design power all the time, PUE 1']
FROM kg_computed

UNION ALL SELECT run, run, 'co2eEmissions', 'thermal design power', NULL, energy * grid / 1000, 'tonne',
  'trainingEnergy × gridCarbonIntensity', ['acceleratorCount', 'accelerator', 'trainingDuration', 'country'], [figures, country],
  [calendar, product, 'accelerators only, at their thermal design power all the time, PUE 1', 'the mean grid mix of the country in ' || grid_year]
FROM kg_computed

-- Batches, steps and parallelism
UNION ALL SELECT run, run, 'tokensPerBatch', NULL, NULL, batch * context, 'tokens',
  'globalBatchSize × contextLength', ['globalBatchSize', 'contextLength'], [], ['every sequence is full']
FROM kg_computed WHERE batch_unit = 'sequences'

UNION ALL SELECT run, run, 'tokensPerBatch', NULL, NULL, batch, 'tokens', 'globalBatchSize', ['globalBatchSize'], [], []
FROM kg_computed WHERE batch_unit = 'tokens'

UNION ALL SELECT run, run, 'sequencesPerBatch', NULL, NULL, batch / context, 'sequences',
  'globalBatchSize ÷ contextLength', ['globalBatchSize', 'contextLength'], [], ['every sequence is full']
FROM kg_computed WHERE batch_unit = 'tokens'

UNION ALL SELECT run, run, 'trainingSteps', NULL, NULL, tokens / batch_tokens, 'steps',
  'tokenCount ÷ tokens per batch', ['tokenCount', 'globalBatchSize', CASE WHEN batch_unit = 'sequences' THEN 'contextLength' END], [],
  ['every token seen once', CASE WHEN batch_unit = 'sequences' THEN 'every sequence is full' END]
FROM kg_computed WHERE initial_context IS NULL

UNION ALL SELECT run, run, 'stepsAtFullContext', NULL, NULL, tokens / batch_tokens, 'steps',
  'tokenCount ÷ (globalBatchSize × contextLength)', ['tokenCount', 'globalBatchSize', 'contextLength'], [],
  ['every token seen once', 'a lower bound: the run begins with shorter sequences']
FROM kg_computed WHERE initial_context IS NOT NULL

UNION ALL SELECT run, run, 'stepsPerEpoch', NULL, NULL, samples / batch, 'steps',
  '(pairCount + clipCount) ÷ globalBatchSize', ['pairCount', 'clipCount', 'globalBatchSize'], [],
  [CASE WHEN batch_unit IS NULL THEN 'the unit of the batch is not stated: it counts samples' END]
FROM kg_computed WHERE samples > 0 AND (batch_unit IS NULL OR batch_unit LIKE '%pairs' OR batch_unit IN ('samples', 'examples', 'clips'))

UNION ALL SELECT run, run, 'derivedDataParallelDegree', NULL, NULL, count / model_parallel, '1',
  'acceleratorCount ÷ modelParallelDegree', ['acceleratorCount', 'modelParallelDegree', 'dataParallelism'], [], ['only two parallel dimensions']
FROM kg_computed WHERE data_parallel IS NULL AND is_data_parallel AND NOT more_parallel AND count % model_parallel = 0

-- Parameters: of the layers that are stated, and of what is trained
UNION ALL SELECT run, model, 'parameterCountFromDimensions', NULL, NULL, 12 * layers * hidden * hidden, 'NUM',
  '12 × layerCount × hiddenSize²', ['layerCount', 'hiddenSize'], [],
  ['feed-forward layers of 4 × hiddenSize, full multi-head attention, no embeddings, no cross-attention']
FROM kg_computed WHERE main

UNION ALL SELECT run, model, 'trainableParameterCount', NULL, NULL, parameters - frozen, 'NUM',
  'parameterCount − parameters of the frozen components', ['parameterCount', 'component.parameterCount', 'component.frozen'], designs,
  ['the frozen components are part of the parameter count', CASE WHEN len(designs) > 0 THEN 'the size of a named component is that of the reference table' END]
FROM kg_computed WHERE main AND frozen_stated AND frozen < parameters;

-- As the mapping reads it: 15 significant digits, so that the last bits of a product do not show.
CREATE OR REPLACE TABLE derived AS
SELECT $base || 'derived/' || concat_ws('.', regexp_extract(run, '([^/]*)>$', 1), property, lower(at_precision)) AS iri,
  substr(subject, 2, length(subject) - 2) AS subject, property, method, at_precision, unit, formula, run,
  list_filter(inputs, lambda x: x IS NOT NULL) AS inputs, list_filter(things, lambda x: x IS NOT NULL) AS things,
  list_distinct(list_filter(assumptions, lambda x: x IS NOT NULL)) AS assumptions, value,
  CASE WHEN len(list_filter(assumptions, lambda x: x IS NOT NULL)) > 0 THEN 'estimated' ELSE 'derived' END AS level
FROM kg_rules WHERE isfinite(value) AND value > 0;
