package io.reflux.benchmarks.kill;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is run and how often it is killed.
 *
 * @param work folder for everything
 * @param set data set
 * @param dataDir folder of the data sets
 * @param samples training samples, at least a batch
 * @param epochs epochs, at least 1
 * @param teacherKills times a teacher is killed, in turn
 * @param studentKills times the student is killed
 */
record Plan(Path work, String set, Path dataDir, int samples, int epochs, int teacherKills, int studentKills) {
    static final int BATCH = 128;
    static final int CHECKPOINT_STEPS = 50;

    /** Who is killed, and at which step of the student at the earliest. */
    record Kill(long step, boolean student, int teacher) {}

    long steps() {
        return (long) epochs * ((samples + BATCH - 1) / BATCH);
    }

    /** Returns the kills, spread evenly over the run, those of the student evenly among them. */
    List<Kill> kills() {
        int all = teacherKills + studentKills;
        List<Kill> kills = new ArrayList<>();
        int students = 0;
        for (int i = 1; i <= all; i++) {
            boolean student = (long) i * studentKills / all > students;
            long step = steps() * i / (all + 1);
            kills.add(new Kill(step, student, student ? 0 : (i - 1 - students) % 2));
            students += student ? 1 : 0;
        }
        return kills;
    }

    String teacherRecipe() {
        return """
                name: teacher
                data: {set: %s, trainSamples: %d, validationSamples: 0}
                student: {zoo: mlp, hidden: [256]}
                stages:
                  - train: {epochs: 1, batchSize: 128, optimizer: {type: adamw}, learningRate: {initial: 0.001}}
                export: {checkpointEveryEpochs: 0}
                """.formatted(set, Math.min(samples, 20_000));
    }

    String studentRecipe(Path addresses) {
        return """
                name: student
                data: {set: %s, trainSamples: %d, validationSamples: 0}
                student: {zoo: mlp, hidden: [64], dropout: 0.1}
                teacher: {addressFile: '%s'}
                stages:
                  - distil:
                      epochs: %d
                      batchSize: %d
                      augmentation: {maxShift: 2}
                export: {checkpointEverySteps: %d}
                """.formatted(set, samples, addresses.toAbsolutePath(), epochs, BATCH, CHECKPOINT_STEPS);
    }
}
