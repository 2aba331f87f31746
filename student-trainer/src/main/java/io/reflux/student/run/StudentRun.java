package io.reflux.student.run;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.CpuSupport;
import io.reflux.model.script.TorchDevice;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hook.StepHook;
import io.reflux.student.progress.Progress;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.source.CurrentSource;
import java.util.ArrayList;
import java.util.List;

/** Runs a recipe. */
public final class StudentRun {
    private final Recipe recipe;
    private final RunOptions options;
    private final long from = System.nanoTime();
    private final CurrentSource source = new CurrentSource();

    private StudentRun(Recipe recipe, RunOptions options) {
        this.recipe = recipe;
        this.options = options;
    }

    /**
     * Trains, exports, reloads, measures and reports. Blocks until done; one run at a time uses all cores.
     *
     * @param recipe what to do
     * @param options what else is to be known
     * @return where the results are
     * @throws TrainingFailure when the run cannot begin or go on; its message is one line for people
     */
    public static RunResult run(Recipe recipe, RunOptions options) {
        try {
            return new StudentRun(recipe, options).run();
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.MISMATCH, e.getMessage(), e);
        }
    }

    private RunResult run() {
        RunData data = RunData.open(recipe.data(), options.dataDir());
        ModelGraph student = StudentGraph.open(recipe.student(), data.splits().training(), recipe.seed());
        // A GPU serves every precision.
        if (!TorchDevice.of(recipe.device()).isGpu()) {
            CpuSupport.read().notice(recipe.precision()).ifPresent(options.out()::println);
        }
        RunFolder folder = RunFolder.open(recipe.export().folder(), recipe.name());
        boolean done = false;
        try {
            RunResult result = run(data, student, folder);
            done = true;
            return result;
        } finally {
            if (!done) {
                folder.removeIfEmpty();
            }
        }
    }

    private RunResult run(RunData data, ModelGraph student, RunFolder folder) {
        try (EventLoops loops = new EventLoops();
                MetricsPort metrics = MetricsPort.open(loops.vertx(), options, recipe.name(), source);
                Progress progress = new Progress(options.out(), options.style(), source, System::nanoTime)) {
            Teachers teachers = new Teachers(
                    recipe, new TeacherOpener(loops.vertx(), data.splits(), recipe.name(), metrics.fleet()));
            teachers.ratio(student.byteSize()).ifPresent(metrics::compressionRatio);
            List<StepHook> hooks = new ArrayList<>(metrics.hooks());
            hooks.add(progress);
            StageSequence stages =
                    new StageSequence(recipe, options, data, folder, teachers, new HookChain(hooks), source);
            Trained trained = stages.run(student);
            return new Results(recipe, options, data, folder, source, from)
                    .leave(trained, teachers, teachers::openForTest);
        }
    }
}
