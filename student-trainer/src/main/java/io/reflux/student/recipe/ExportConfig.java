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
 */
public record ExportConfig(String folder, int checkpointEveryEpochs, int checkpointEverySteps) {
    static final ExportConfig DEFAULT = new ExportConfig("", 1, 0);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public ExportConfig {
        Setting.atLeast("checkpointEveryEpochs", checkpointEveryEpochs, 0);
        Setting.atLeast("checkpointEverySteps", checkpointEverySteps, 0);
    }

    @JsonCreator
    static ExportConfig of(
            @JsonProperty("folder") @Nullable String folder,
            @JsonProperty("checkpointEveryEpochs") @Nullable Integer checkpointEveryEpochs,
            @JsonProperty("checkpointEverySteps") @Nullable Integer checkpointEverySteps) {
        return new ExportConfig(
                folder == null ? "" : folder,
                checkpointEveryEpochs == null ? 1 : checkpointEveryEpochs,
                checkpointEverySteps == null ? 0 : checkpointEverySteps);
    }

    /** Returns the same for another folder. */
    ExportConfig in(String other) {
        return new ExportConfig(other, checkpointEveryEpochs, checkpointEverySteps);
    }
}
