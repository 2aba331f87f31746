package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.qat.FinishedGraph;
import io.reflux.student.export.CheckedFile;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.ledger.LedgerFile;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.report.ReportFile;
import io.reflux.student.report.Reporter;
import io.reflux.student.report.RunFacts;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SoftLabelSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Leaves what a run is for: the student's file, what was applied to its weights, and the report. */
final class Results {
    private static final int TEST_BATCH = 250;

    private final Recipe recipe;
    private final RunOptions options;
    private final RunData data;
    private final RunFolder folder;
    private final CurrentSource source;
    private final long from;

    /**
     * Prepares.
     *
     * @param source what labels came from
     * @param from when the run began, of {@link System#nanoTime()}
     */
    Results(Recipe recipe, RunOptions options, RunData data, RunFolder folder, CurrentSource source, long from) {
        this.recipe = recipe;
        this.options = options;
        this.data = data;
        this.folder = folder;
        this.source = source;
        this.from = from;
    }

    /**
     * Writes the files.
     *
     * @param teachers what the report compares with
     * @param asked opens what answers for the test set; it gives null or fails where nothing does
     * @throws ModelException if a quantised file is too far from what was trained; the one before it stays
     */
    RunResult leave(Trained trained, Teachers teachers, Supplier<? extends @Nullable SoftLabelSource> asked) {
        Fidelity fidelity = write(trained.graph());
        RunFacts facts = new RunFacts(
                trained.history(),
                source.labelBytes(),
                source.reconnects(),
                trained.ledger().summary(),
                fidelity,
                (System.nanoTime() - from) / 1e9);
        CompressionReport report = Reporter.measure(
                recipe, data.splits(), folder.model(), asked, teachers.file(), teachers.isLocal(), facts);
        if (report.teacherFault() != null) {
            options.out().println("the report is without its teacher: " + report.teacherFault());
        }
        LedgerFile.write(folder.ledger(), trained.ledger());
        ReportFile.write(folder.report(), report);
        return new RunResult(folder.model(), folder.report(), folder.ledger(), report);
    }

    /** Writes the student, and returns how near a quantised one comes to what was trained; null for one in floats. */
    private @Nullable Fidelity write(ModelGraph trained) {
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
}
