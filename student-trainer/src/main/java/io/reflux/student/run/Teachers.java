package io.reflux.student.run;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.proto.v1.Encoding;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.recipe.TeacherConfig;
import io.reflux.student.recipe.TlsConfig;
import io.reflux.student.remote.AnswerPolicy;
import io.reflux.student.remote.RemoteConfig;
import io.reflux.student.remote.RemoteSource;
import io.reflux.student.remote.TeacherAccess;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.LocalSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.StoredSource;
import io.reflux.student.training.StagePlan;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Opens sources of soft labels as a recipe's teacher says. */
final class Teachers {
    private static final int TEST_BATCHES = 4;
    private static final int TEST_BATCH_ROWS = 250;

    private final Vertx vertx;
    private final @Nullable TeacherConfig config;
    private final DataSplits splits;
    private final String student;

    Teachers(Vertx vertx, @Nullable TeacherConfig config, DataSplits splits, String student) {
        this.vertx = vertx;
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

    /**
     * Returns the bytes of the teacher's file / those of the student's, or nothing when the teacher's file is not known.
     *
     * @throws TrainingFailure with code RESOURCE when the file is named and not there
     */
    OptionalDouble ratio(long studentBytes) {
        Path file = file();
        if (file == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of((double) Files.size(file) / studentBytes);
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "teacher " + file + ": absent (expected: a model file)", e);
        }
    }

    /** Opens the source of a distilling stage, or returns null for another stage. The caller closes it. */
    @Nullable
    SoftLabelSource open(StagePlan plan) {
        if (!(plan.config() instanceof StageConfig.Distil distil)) {
            return null;
        }
        return open(
                plan.augmentation(), distil.encoding().toEncoding(distil.loss().temperature()), plan);
    }

    /** Returns whether the teacher is a file that runs in this process. */
    boolean isLocal() {
        return config != null && config.onnx() != null;
    }

    /** Opens a source for the test set, or returns null without a teacher elsewhere. The caller closes it. */
    @Nullable
    SoftLabelSource openForTest() {
        return config == null || isLocal()
                ? null
                : remote(config, Augmentation.NONE, EncodingConfig.FP32.toEncoding(1), null);
    }

    private SoftLabelSource open(Augmentation augmentation, Encoding encoding, StagePlan stage) {
        TeacherConfig teacher = config;
        if (teacher == null) {
            throw new IllegalStateException("teacher: absent (expected: present for a distilling stage)");
        }
        String onnx = teacher.onnx();
        return onnx == null
                ? remote(teacher, augmentation, encoding, stage)
                : local(teacher, onnx, augmentation, stage.train());
    }

    /** Opens a source for a stage; without one it is only asked by value. */
    private SoftLabelSource remote(
            TeacherConfig teacher, Augmentation augmentation, Encoding encoding, @Nullable StagePlan stage) {
        return RemoteSource.open(
                vertx,
                new RemoteConfig(
                        new TeacherAddress(teacher.host(), teacher.port()),
                        student,
                        splits.training(),
                        augmentation,
                        stage == null,
                        encoding,
                        stage == null
                                ? TEST_BATCH_ROWS
                                : stage.config().schedule().batchSize(),
                        // What is queued, what the feeder holds and what is being trained on.
                        stage == null ? TEST_BATCHES : stage.config().schedule().prefetchBatches() + 2,
                        RemoteConfig.Patience.DEFAULT,
                        AnswerPolicy.ALONE,
                        access(teacher)));
    }

    private static TeacherAccess access(TeacherConfig teacher) {
        TlsConfig tls = teacher.tls();
        return new TeacherAccess(
                tls == null ? null : new TlsFiles(path(tls.cert()), path(tls.key()), path(tls.ca())),
                path(teacher.tokenFile()));
    }

    private static @Nullable Path path(@Nullable String file) {
        return file == null ? null : Path.of(file);
    }

    private SoftLabelSource local(TeacherConfig teacher, String onnx, Augmentation augmentation, SampleIds train) {
        InferenceModel model = OnnxRuntimeModel.open(Path.of(onnx), 1);
        try {
            Evaluator.requireFits("teacher " + onnx, model, splits.training());
            PixelScaling scaling = ModelNotes.of(model.metadata()).scaling();
            SampleReader reader = SampleReader.of(splits.training(), augmentation, scaling);
            return teacher.stored()
                    ? new StoredSource(model, reader, scaling, train)
                    : new LocalSource(model, reader, scaling);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
