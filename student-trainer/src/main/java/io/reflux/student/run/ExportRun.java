package io.reflux.student.run;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.step.TrainedWeights;
import io.reflux.student.checkpoint.Checkpoint;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.fleet.FleetWatch;
import io.reflux.student.hint.HintedStudent;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.source.CurrentSource;

/**
 * Exports the student of a run from its checkpoint, without a step of training. Stages behind the checkpoint that quantise are
 * run; a teacher is asked only by one that rounds as the teacher answers. The folder of the run changes only in what a run leaves
 * at its end: the student's file, the ledger, the report.
 */
public final class ExportRun {
    private final Recipe recipe;
    private final RunOptions options;
    private final boolean unfinished;
    private final long from = System.nanoTime();

    private ExportRun(Recipe recipe, RunOptions options, boolean unfinished) {
        this.recipe = recipe;
        this.options = options;
        this.unfinished = unfinished;
    }

    /**
     * Exports, reloads, measures and reports. Blocks until done.
     *
     * @param recipe what the run does; its folder has the checkpoint
     * @param options where the data and the lines on what is done are; nothing else of them is used
     * @param unfinished whether to export the weights as they are where training is not over; stages that are still to be
     *     trained are left out
     * @return where the results are
     * @throws TrainingFailure with code CHECKPOINT when there is no checkpoint, it is damaged, of another recipe or of a run that is
     *     not over, RECIPE when nothing trains; with any other code as a run; its message is one line for people
     */
    public static RunResult run(Recipe recipe, RunOptions options, boolean unfinished) {
        try {
            return new ExportRun(recipe, options, unfinished).run();
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.MISMATCH, e.getMessage(), e);
        }
    }

    private RunResult run() {
        int last = lastThatTrains();
        RunFolder folder = RunFolder.of(recipe.export().folder(), recipe.name());
        SavedRun saved = SavedRun.read(recipe, folder);
        RunData data = RunData.open(recipe.data(), options.dataDir());
        TrainingStage stage = TrainingStage.of(recipe, data, saved.checkpoint().stage());
        requireEnd(saved, stage, last);
        ModelGraph student = StudentGraph.open(recipe.student(), data.splits().training(), recipe.seed());
        ModelGraph graph = weights(saved, stage, student);
        CurrentSource source = new CurrentSource();
        try (EventLoops loops = new EventLoops()) {
            Teachers teachers = new Teachers(
                    recipe, new TeacherOpener(loops.vertx(), data.splits(), recipe.name(), FleetWatch.NONE));
            teachers.goOnWith(saved.checkpoint().teacherDigest());
            QuantizeStages quantize = new QuantizeStages(recipe, options, data, teachers, source, student);
            Trained trained = new Trained(
                    behind(stage.index(), graph, quantize),
                    saved.checkpoint().history(),
                    saved.checkpoint().ledger());
            return new Results(recipe, options, data, folder, source, from)
                    .leave(trained, teachers, teachers::openNoService);
        }
    }

    private int lastThatTrains() {
        for (int i = recipe.stages().size() - 1; i >= 0; i--) {
            if (recipe.stages().get(i) instanceof StageConfig.Training) {
                return i;
            }
        }
        throw new TrainingFailure(
                TrainingFailure.Code.RECIPE,
                "stages: none that trains (expected: at least one, since a checkpoint is exported)");
    }

    private void requireEnd(SavedRun saved, TrainingStage stage, int last) {
        Checkpoint checkpoint = saved.checkpoint();
        long steps = stage.plan().steps();
        String at = "checkpoint " + saved.folder().checkpoint() + ": at step " + checkpoint.nextStep() + " of " + steps
                + " of stages[" + stage.index() + "]";
        boolean over = stage.index() == last && checkpoint.nextStep() == steps;
        if (!over && !unfinished) {
            throw new TrainingFailure(
                    TrainingFailure.Code.CHECKPOINT,
                    at + ", " + recipe.stages().size() + " stages in all (expected: at the end of stages[" + last
                            + "], the last that trains, or --unfinished)");
        }
        options.out().println(at);
    }

    private static ModelGraph weights(SavedRun saved, TrainingStage stage, ModelGraph student) {
        boolean hinted = !stage.hints().isEmpty();
        try {
            return TrainedWeights.of(
                    saved.graph(student),
                    saved.checkpoint().state(),
                    StepSettings.options(stage.recipe(), stage.config()),
                    parameter -> hinted && HintedStudent.isRegressor(parameter));
        } catch (IllegalArgumentException e) {
            throw saved.otherStudent(e);
        }
    }

    /** What the stages behind one make of the student. */
    private ModelGraph behind(int index, ModelGraph student, QuantizeStages quantize) {
        ModelGraph graph = student;
        for (int i = index + 1; i < recipe.stages().size(); i++) {
            StageConfig stage = recipe.stages().get(i);
            if (stage instanceof QuantizeConfig config) {
                graph = quantize.run(i, config, graph);
            } else {
                options.out().println("stages[" + i + "], " + stage.kind() + ": left out");
            }
        }
        return graph;
    }
}
