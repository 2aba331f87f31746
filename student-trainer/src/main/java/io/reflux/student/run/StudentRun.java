package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.CpuSupport;
import io.reflux.model.script.TorchDevice;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.qat.FinishedGraph;
import io.reflux.student.export.CheckedFile;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hook.StepHook;
import io.reflux.student.ledger.LedgerFile;
import io.reflux.student.progress.Progress;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.report.ReportFile;
import io.reflux.student.report.Reporter;
import io.reflux.student.report.RunFacts;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.CurrentSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a recipe. */
public final class StudentRun {
    private static final int TEST_BATCH = 250;

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
            ModelGraph trained = stages.run(student);
            Fidelity fidelity = export(trained, data, folder);
            CompressionReport report = report(data, folder, teachers, stages, fidelity);
            return new RunResult(folder.model(), folder.report(), folder.ledger(), report);
        }
    }

    /** Writes the student, and returns how near a quantised one comes to what was trained; null for one in floats. */
    private @Nullable Fidelity export(ModelGraph trained, RunData data, RunFolder folder) {
        ModelNotes notes = new ModelNotes(data.splits().training().name(), data.scaling());
        FinishedGraph finished = FinishedGraph.of(trained);
        ModelGraph stored = finished.stored()
                .withMetadata(
                        notes.addTo(finished.stored().metadata(), data.splits().training()));
        try {
            if (!FinishedGraph.isQuantized(trained)) {
                stored.write(folder.model());
                return null;
            }
            SampleReader reader = SampleReader.of(data.splits().test(), Augmentation.NONE, data.scaling());
            PlainBatches test = PlainBatches.all(reader, data.splits().testIds(), TEST_BATCH);
            double least = recipe.export().minAgreement() / 100;
            return CheckedFile.write(stored, finished.trained(), folder.model(), test, least);
        } catch (ModelException e) {
            throw e.code() == ModelException.Code.UNWRITABLE
                    ? new TrainingFailure(TrainingFailure.Code.RESOURCE, e.getMessage(), e)
                    : e;
        }
    }

    private CompressionReport report(
            RunData data, RunFolder folder, Teachers teachers, StageSequence stages, @Nullable Fidelity fidelity) {
        RunFacts facts = new RunFacts(
                stages.history(),
                source.labelBytes(),
                source.reconnects(),
                stages.ledger().summary(),
                fidelity,
                (System.nanoTime() - from) / 1e9);
        CompressionReport report = Reporter.measure(
                recipe,
                data.splits(),
                folder.model(),
                teachers::openForTest,
                teachers.file(),
                teachers.isLocal(),
                facts);
        if (report.teacherFault() != null) {
            options.out().println("the report is without its teacher: " + report.teacherFault());
        }
        LedgerFile.write(folder.ledger(), stages.ledger());
        ReportFile.write(folder.report(), report);
        return report;
    }
}
