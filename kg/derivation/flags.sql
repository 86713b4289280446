-- Plausibility: what does not add up, or only under a condition. One SELECT a rule, over kg_computed of quantities.sql.
--
-- `subject` and `property` say what the finding is about, `inputs` which statements it leads back to (the first is shown).

CREATE OR REPLACE MACRO kg_number(x) AS CASE WHEN abs(x) >= 1e6 OR abs(x) < 1e-2 THEN regexp_replace(format('{:.3g}', x), 'e\+?(-?)0*', 'e\1') ELSE regexp_replace(format('{:.2f}', x), '\.?0+$', '') END;
CREATE OR REPLACE MACRO kg_percent(x) AS format('{:.0f} %', 100 * x);

CREATE OR REPLACE TABLE flags AS

SELECT 'utilization-above-1' AS code, 'violation' AS severity, run, 'impliedUtilization' AS property,
  'Counting operations gives ' || kg_number(operations) || ' FLOP, but ' || kg_number(count) || ' accelerators do at most ' ||
  kg_number(compute_at_best) || ' FLOP in the stated time: a utilisation of ' ||
  kg_percent(operations / compute_at_best) || ', which no hardware reaches.' AS message,
  ['tokenCount', 'parameterCount', 'acceleratorCount', 'trainingDuration'] AS inputs
FROM kg_computed WHERE operations > compute_at_best

UNION ALL SELECT 'utilization-depends-on-precision', 'warning', run, 'impliedUtilization',
  'The stated tokens need ' || kg_percent(operations / peak_at_bf16) || ' of the BF16 peak and ' || kg_percent(operations / peak_at_fp8) ||
  ' of the FP8 peak: possible only if most of the work is done in FP8.', ['tokenCount', 'precision', 'acceleratorCount', 'trainingDuration']
FROM kg_computed WHERE fp8 AND operations > 0.8 * peak_at_bf16 AND operations <= peak_at_fp8

UNION ALL SELECT 'utilization-high', 'warning', run, 'impliedUtilization',
  'The stated tokens need ' || kg_percent(operations / peak_at_bf16) || ' of the peak of the hardware; runs seldom reach more than 60 %.',
  ['tokenCount', 'acceleratorCount', 'trainingDuration']
FROM kg_computed WHERE NOT fp8 AND operations > 0.8 * peak_at_bf16 AND operations <= peak_at_bf16

UNION ALL SELECT 'throughput-above-peak', 'violation', run, 'modelFlopsUtilizationReported',
  'The stated throughput of ' || kg_number(throughput) || ' FLOP/s is over the peak of the accelerator (' || kg_number(peak_at_best) || ').',
  ['achievedThroughput']
FROM kg_computed WHERE throughput > peak_at_best

UNION ALL SELECT 'reported-compute-implausible', 'violation', run, 'reportedComputeFLOP',
  'The reported compute is ' || kg_number(reported) || ' FLOP, ' ||
  CASE WHEN compute_at_best IS NOT NULL THEN 'what the whole cluster does in ' || kg_number(reported / (count * peak_at_best)) || ' s at its peak' ELSE '' END ||
  CASE WHEN operations IS NOT NULL AND compute_at_best IS NOT NULL THEN '; ' ELSE '' END ||
  CASE WHEN operations IS NOT NULL THEN 'counting operations gives ' || kg_number(operations / reported) || ' times as much' ELSE '' END || '.',
  ['reportedCompute']
FROM kg_computed WHERE reported < 0.01 * coalesce(operations, compute_at_best) OR reported > 100 * operations
  OR reported > 1.05 * compute_at_best

UNION ALL SELECT 'unit-nonstandard', 'warning', run, 'reportedCompute',
  'The unit ' || reported_unit || ' is not one of QUDT; it is read as ' || kg_number(reported / reported_number) || ' FLOP.', ['reportedCompute']
FROM kg_computed WHERE reported_unit <> 'FLOP' AND reported IS NOT NULL

UNION ALL SELECT '6nd-overcounts-frozen', 'warning', run, 'trainableParameterCount',
  kg_number(frozen) || ' of ' || kg_number(parameters) || ' parameters are frozen: six operations a parameter and token are too many, since frozen layers have no weight gradients.',
  ['component.frozen', 'parameterCount']
FROM kg_computed WHERE main AND frozen_stated AND frozen < parameters AND frozen > 0.1 * parameters

-- A pair or clip holds some hundred tokens (an image 64 to 1,024, a caption up to 100); 20,000 is far over what any has.
UNION ALL SELECT 'data-compute-mismatch', 'warning', run, 'trainingComputeHardwareMethod',
  'The hardware did enough for ' || kg_number(by_hardware / (6 * parameters)) || ' tokens, ' || kg_number(by_hardware / (6 * parameters) / samples) ||
  ' for each of the ' || kg_number(samples) || ' samples that are told of.', ['pairCount', 'clipCount', 'achievedThroughput']
FROM kg_computed WHERE samples > 0 AND tokens IS NULL AND by_hardware / (6 * parameters) / samples > 20000

UNION ALL SELECT 'data-compute-mismatch', 'warning', run, 'hardwarePeakCompute',
  'One pass over ' || kg_number(samples) || ' samples of ' || kg_number(context) || ' tokens takes ' || kg_number(2 * (parameters + 2 * (parameters - coalesce(frozen, 0))) * samples * context) ||
  ' FLOP, more than the ' || kg_number(compute_at_best) || ' FLOP that the hardware can do in the stated time.', ['pairCount', 'clipCount', 'contextLength', 'trainingDuration']
FROM kg_computed WHERE samples > 0 AND tokens IS NULL AND 2 * (parameters + 2 * (parameters - coalesce(frozen, 0))) * samples * context > compute_at_best

UNION ALL SELECT 'throughput-high', 'warning', run, 'modelFlopsUtilizationReported',
  'The stated throughput is ' || kg_percent(throughput / peak_bf16) || ' of the peak of the accelerator; runs seldom keep up more than 60 %, so it may be what was reached at best.',
  ['achievedThroughput']
FROM kg_computed WHERE NOT fp8 AND throughput > 0.6 * peak_bf16 AND throughput <= peak_bf16

UNION ALL SELECT 'no-tdp', 'info', run, 'trainingEnergy',
  'No thermal design power is published for the accelerator: energy and emissions are not derived.', ['accelerator']
FROM kg_computed WHERE accelerator IS NOT NULL AND power IS NULL AND peak_bf16 IS NOT NULL

UNION ALL SELECT 'batch-not-integer', 'info', run, 'sequencesPerBatch',
  'A batch of ' || kg_number(batch) || ' tokens is ' || kg_number(batch / context) || ' sequences of ' || kg_number(context) || ' tokens: probably rounded.', ['globalBatchSize', 'contextLength']
FROM kg_computed WHERE batch_unit = 'tokens' AND batch % context <> 0

UNION ALL SELECT 'dims-inconsistent', 'warning', run, 'parameterCountFromDimensions',
  'The layers alone have ' || kg_number(12 * layers * hidden * hidden) || ' parameters, the model is said to have ' || kg_number(parameters) || '.', ['layerCount', 'hiddenSize', 'parameterCount']
FROM kg_computed WHERE main AND (12 * layers * hidden * hidden > 1.5 * parameters OR 12 * layers * hidden * hidden < 0.3 * parameters)

UNION ALL SELECT 'dims-consistent', 'info', run, 'parameterCountFromDimensions',
  'The layers have ' || kg_number(12 * layers * hidden * hidden) || ' parameters, which fits the stated ' || kg_number(parameters) || '.', ['layerCount', 'hiddenSize', 'parameterCount']
FROM kg_computed WHERE main AND 12 * layers * hidden * hidden BETWEEN 0.3 * parameters AND 1.5 * parameters

UNION ALL SELECT 'parallelism-consistent', 'info', run, 'dataParallelDegree',
  'Model times data parallelism is the number of accelerators: ' || kg_number(model_parallel) || ' × ' || kg_number(data_parallel) || ' = ' || kg_number(count) || '.',
  ['modelParallelDegree', 'dataParallelDegree', 'acceleratorCount']
FROM kg_computed WHERE NOT more_parallel AND model_parallel * data_parallel = count

UNION ALL SELECT 'parallelism-inconsistent', 'warning', run, 'dataParallelDegree',
  'Model times data parallelism is ' || kg_number(model_parallel) || ' × ' || kg_number(data_parallel) || ' = ' || kg_number(model_parallel * data_parallel) || ', but ' || kg_number(count) || ' accelerators are stated.',
  ['modelParallelDegree', 'dataParallelDegree', 'acceleratorCount']
FROM kg_computed WHERE NOT more_parallel AND model_parallel * data_parallel <> count;
