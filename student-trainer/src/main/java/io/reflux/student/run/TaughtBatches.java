package io.reflux.student.run;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.View;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Samples with what a teacher answers them. */
final class TaughtBatches {
    private TaughtBatches() {}

    /**
     * Asks for one batch after the other.
     *
     * @throws TrainingFailure when there is a batch that will not be answered
     */
    static List<CalibrationBatch> of(PlainBatches batches, SoftLabelSource teacher) {
        List<CalibrationBatch> taught = new ArrayList<>();
        List<List<View>> views = batches.views();
        for (int i = 0; i < views.size(); i++) {
            SoftLabels labels = answer(teacher, new ViewBatch(i, 0, i, views.size(), views.get(i)));
            taught.add(new CalibrationBatch(
                    batches.reader().inputs(views.get(i)), views.get(i).size(), labels.logits()));
            teacher.release(labels);
        }
        return taught;
    }

    private static SoftLabels answer(SoftLabelSource teacher, ViewBatch batch) {
        try {
            return teacher.request(batch).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof TrainingFailure failure ? failure : e;
        }
    }
}
