"""What the other parts of the program rely on: which class carries which property, with which range."""

from __future__ import annotations

from kg.rdf.namespaces import QUDT, RDF, RDFS, XSD
from kg.settings import ONTOLOGY

_RANGES = {
    **{word: XSD + word for word in ("string", "integer", "decimal", "double", "boolean", "date")},
    "literal": RDFS + "Literal",
    "property": RDF + "Property",
    "quantity": QUDT + "QuantityValue",
}

_CONTRACT = """
Model string: name architecture architectureDescription architectureFamily modelType purpose targetCapability
Model string: inputModality mlTask fusionMechanism activationFunction normalization positionalEncoding initialization
Model string: yearQualifier
Model integer: parameterCount layerCount hiddenSize attentionHeadCount feedForwardSize expertCount
Model integer: year releaseYear developmentYear evaluationYear finalizedYear checkpointFinalizedYear publicationYear
Model integer: parameterCountFromDimensions trainableParameterCount
Model Benchmark: evaluatedOn
Model Organization: developedBy
Model ModelComponent: hasComponent
Model TrainingRun: hasTrainingRun
Model HyperParameterSetting: hasHyperParameterSetting
Model Passage: describedIn
Model property: notStated

ModelComponent string: name role architecture initialization tokenizerType tokenizationScheme
ModelComponent boolean: frozen trainable proprietary unlinked
ModelComponent integer: parameterCount latentTokenCount layerCount hiddenSize patchSize vocabularySize
ModelComponent ModelComponent: basedOn

TrainingRun string: trainingStage trainingObjective framework technique precision curriculum stoppingCriterion mlTask
TrainingRun string: optimizer learningRateSchedule warmupType
TrainingRun quantity: trainingDuration reportedCompute
TrainingRun integer: acceleratorCount modelParallelDegree dataParallelDegree tensorParallelDegree pipelineParallelDegree
TrainingRun integer: expertParallelDegree globalBatchSize localBatchSize contextLength initialContextLength warmupSteps
TrainingRun integer: stepCount tokensPerBatch derivedDataParallelDegree
TrainingRun boolean: modelParallelism dataParallelism
TrainingRun double: achievedThroughput
TrainingRun decimal: reportedUtilization reportedAcceleratorHours reportedEnergy adamBeta1 adamBeta2 adamEpsilon
TrainingRun decimal: weightDecay dropout learningRate peakLearningRate minLearningRate gradientClipNorm epochCount
TrainingRun literal: hyperParameterValue
TrainingRun HardwareAllocation: hasAllocation
TrainingRun Facility: atFacility
TrainingRun Dataset: trainedOn
TrainingRun HyperParameterSetting: hasHyperParameterSetting
TrainingRun decimal: trainingDurationHours acceleratorHours acceleratorHoursPerBillionParameters
TrainingRun decimal: modelFlopsUtilization modelFlopsUtilizationReported impliedUtilization trainingEnergy co2eEmissions
TrainingRun decimal: sequencesPerBatch trainingSteps stepsPerEpoch stepsAtFullContext
TrainingRun double: trainingCompute trainingComputeHardwareMethod trainingComputeOperationCounting hardwarePeakCompute
TrainingRun double: reportedComputeFLOP

HardwareAllocation Accelerator: accelerator
HardwareAllocation integer: acceleratorCount
HardwareAllocation Cluster: onCluster

Cluster string: clusterDescription interconnect
Cluster integer: nodeCount acceleratorsPerNode

Facility string: name facilityType
Facility Country: country

Dataset string: name includes imageResolution samplingStrategy augmentation preprocessing
Dataset integer: tokenCount pairCount clipCount exampleCount imageCount documentCount sampleCount framesPerSegment
Dataset decimal: datasetSize hourCount storageSize frameRate
Dataset Dataset: wasDerivedFrom
Dataset boolean: proprietary unlinked
Benchmark boolean: unlinked

Accelerator string: name family formFactor
Accelerator integer: memorySize
Accelerator Organization: manufacturer
Accelerator Accelerator: referenceVariant
Accelerator decimal: thermalDesignPower
Accelerator date: releaseDate
Accelerator double: peakThroughput peakThroughputFP64 peakThroughputFP32 peakThroughputTF32 peakThroughputBF16
Accelerator double: peakThroughputFP16 peakThroughputFP8 peakThroughputINT8 peakThroughputFP4

Country string: name isoAlpha2 isoAlpha3
Country decimal: gridCarbonIntensity
Country integer: gridYear

HyperParameterSetting property: hyperParameter
HyperParameterSetting literal: settingValue

Passage string: fileName sha256 text
Passage integer: characterCount
Passage property: notStated

ExtractedStatement string: slot rule level verbatim unitText caution
ExtractedStatement boolean: approximate implausible

DerivedQuantity property: quantityKind
DerivedQuantity TrainingRun: quantityOf
DerivedQuantity Model: quantityOf
DerivedQuantity string: computeMethod formula assumption level atPrecision unitText caution
DerivedQuantity boolean: implausible
"""


def _terms() -> list[tuple[str, str, str]]:
    found = []
    for line in filter(None, _CONTRACT.splitlines()):
        head, _, names = line.partition(":")
        carrier, range_ = head.split()
        found += [(carrier, name, _RANGES.get(range_, ONTOLOGY + range_)) for name in names.split()]
    return found


# (class, property, range IRI); a word that is no datatype is one of our classes.
TERMS = _terms()
