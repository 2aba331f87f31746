package io.reflux.student.run;

import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import java.nio.file.Path;

/** A recipe whose run takes a second. */
final class TinyRecipe {
    /** Two stages of 3 epochs of 6 steps and 2 of 5, on hard labels. */
    static final String TRAIN = """
            name: tiny
            data: {set: glyphs, trainSamples: 300, validationSamples: 100}
            student: {zoo: mlp, hidden: [16], dropout: 0.2}
            stages:
              - train:
                  epochs: 3
                  batchSize: 50
                  learningRate: {initial: 0.05}
                  augmentation: {maxShift: 1}
              - train:
                  epochs: 2
                  batchSize: 64
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.001, schedule: constant}
            """;

    private TinyRecipe() {}

    /** Reads a recipe that exports into a folder of its own. */
    static Recipe read(String text, Path folder, String name) {
        return RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }
}
