package io.reflux.student.run;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.recipe.TeacherConfig;
import io.reflux.student.report.Evaluator;
import io.reflux.student.source.LocalSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.StoredSource;
import io.reflux.student.training.StagePlan;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens sources of soft labels as a recipe's teacher says. */
final class Teachers implements AutoCloseable {
    private final @Nullable TeacherConfig config;
    private final DataSplits splits;
    private final String student;

    Teachers(@Nullable TeacherConfig config, DataSplits splits, String student) {
        this.config = config;
        this.splits = splits;
        this.student = student;
    }

    /** Returns the teacher's file where its size can be known, or null. */
    @Nullable
    Path file() {
        if (config == null) {
            return null;
        }
        String file = config.onnx() == null ? config.file() : config.onnx();
        return file == null ? null : Path.of(file);
    }

    /** Opens the source of a distilling stage, or returns null for another stage. The caller closes it. */
    @Nullable
    SoftLabelSource open(StagePlan plan) {
        if (!(plan.config() instanceof StageConfig.Distil distil)) {
            return null;
        }
        return open(plan.augmentation(), distil.encoding(), plan.train());
    }

    /** Opens a source for the test set, or returns null without a teacher. The caller closes it. */
    @Nullable
    SoftLabelSource openForTest() {
        return config == null ? null : open(Augmentation.NONE, "fp32", null);
    }

    /** Stored labels are of {@code train}; null for a source that is only asked by value. */
    private SoftLabelSource open(Augmentation augmentation, String encoding, @Nullable SampleIds train) {
        TeacherConfig teacher = config;
        if (teacher == null) {
            throw new IllegalStateException("teacher: absent (expected: present for a distilling stage)");
        }
        String onnx = teacher.onnx();
        if (onnx == null) {
            throw new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE,
                    "teacher " + teacher.address() + ": " + student + encoding);
        }
        InferenceModel model = OnnxRuntimeModel.open(Path.of(onnx), 1);
        ViewRenderer renderer = new ViewRenderer(splits.training(), augmentation);
        try {
            Evaluator.requireFits("teacher " + onnx, model, splits.training());
            PixelScaling scaling = ModelNotes.of(model.metadata()).scaling();
            return teacher.stored() && train != null
                    ? new StoredSource(model, renderer, scaling, train)
                    : new LocalSource(model, renderer, scaling);
        } catch (TrainingFailure e) {
            model.close();
            throw e;
        }
    }

    @Override
    public void close() {}
}
