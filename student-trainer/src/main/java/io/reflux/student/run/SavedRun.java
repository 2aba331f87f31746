package io.reflux.student.run;

import io.reflux.model.graph.ModelGraph;
import io.reflux.student.checkpoint.Checkpoint;
import io.reflux.student.checkpoint.CheckpointFile;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.recipe.Recipe;

/**
 * A run as its checkpoint has it.
 *
 * @param recipe what the run does
 * @param folder where its files lie
 * @param checkpoint the latest
 */
record SavedRun(Recipe recipe, RunFolder folder, Checkpoint checkpoint) {
    /**
     * Reads the checkpoint.
     *
     * @throws TrainingFailure with code CHECKPOINT when there is none, or it is damaged or of another recipe
     */
    static SavedRun read(Recipe recipe, RunFolder folder) {
        Checkpoint checkpoint = CheckpointFile.read(folder.checkpoint());
        if (!checkpoint.recipeDigest().equals(recipe.digest())) {
            throw new TrainingFailure(
                    TrainingFailure.Code.CHECKPOINT,
                    "checkpoint " + folder.checkpoint() + ": of another recipe (expected: the same data, student,"
                            + " stages and seed)");
        }
        return new SavedRun(recipe, folder, checkpoint);
    }

    /**
     * Returns the graph that the checkpoint's stage trains, but for its weights: the last that a stage before it rewrote.
     *
     * @param student as the run began with it
     */
    ModelGraph graph(ModelGraph student) {
        for (int i = checkpoint.stage() - 1; i >= 0; i--) {
            if (recipe.stages().get(i) instanceof QuantizeConfig) {
                return ModelGraph.read(folder.stage(i));
            }
        }
        return student;
    }

    /** Returns the failure of weights that fit no graph of this run's. */
    TrainingFailure otherStudent(IllegalArgumentException cause) {
        return new TrainingFailure(
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint " + folder.checkpoint() + ": weights of another student (expected: those of this recipe's)",
                cause);
    }
}
