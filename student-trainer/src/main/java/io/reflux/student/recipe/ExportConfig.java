package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Where the results go.
 *
 * @param folder folder of the model, the report, the ledger and the checkpoint; empty for {@code runs/NAME} with the recipe's name
 * @param checkpointEveryEpochs epochs between two checkpoints, 0 for none
 * @param checkpointEverySteps steps of a stage between two checkpoints besides, 0 for none
 * @param minAgreement percent of the test samples that a quantised file must give the class of the graph that was trained
 */
public record ExportConfig(String folder, int checkpointEveryEpochs, int checkpointEverySteps, double minAgreement) {
    private static final double MIN_AGREEMENT = 99.9;

    static final ExportConfig DEFAULT = new ExportConfig("", 1, 0, MIN_AGREEMENT);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public ExportConfig {
        Setting.atLeast("checkpointEveryEpochs", checkpointEveryEpochs, 0);
        Setting.atLeast("checkpointEverySteps", checkpointEverySteps, 0);
        Setting.require(minAgreement >= 0 && minAgreement <= 100, "minAgreement", minAgreement, "0 to 100");
    }

    @JsonCreator
    static ExportConfig of(
            @JsonProperty("folder") @Nullable String folder,
            @JsonProperty("checkpointEveryEpochs") @Nullable Integer checkpointEveryEpochs,
            @JsonProperty("checkpointEverySteps") @Nullable Integer checkpointEverySteps,
            @JsonProperty("minAgreement") @Nullable Double minAgreement) {
        return new ExportConfig(
                folder == null ? "" : folder,
                checkpointEveryEpochs == null ? 1 : checkpointEveryEpochs,
                checkpointEverySteps == null ? 0 : checkpointEverySteps,
                minAgreement == null ? MIN_AGREEMENT : minAgreement);
    }

    /** Returns the same for another folder. */
    ExportConfig in(String other) {
        return new ExportConfig(other, checkpointEveryEpochs, checkpointEverySteps, minAgreement);
    }

    /** Returns the same with another bound for quantised files. */
    ExportConfig withMinAgreement(double percent) {
        return new ExportConfig(folder, checkpointEveryEpochs, checkpointEverySteps, percent);
    }
}
