package io.reflux.student.run;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.proto.v1.Encoding;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.fleet.DnsMembership;
import io.reflux.student.fleet.FileMembership;
import io.reflux.student.fleet.FleetConfig;
import io.reflux.student.fleet.FleetSource;
import io.reflux.student.fleet.FleetWatch;
import io.reflux.student.fleet.Membership;
import io.reflux.student.fleet.RemoteDialer;
import io.reflux.student.fleet.StaticMembership;
import io.reflux.student.fleet.SystemResolver;
import io.reflux.student.recipe.ModelChange;
import io.reflux.student.recipe.SendingConfig;
import io.reflux.student.recipe.ServiceConfig;
import io.reflux.student.recipe.TeacherConfig;
import io.reflux.student.recipe.TlsConfig;
import io.reflux.student.remote.AnswerPolicy;
import io.reflux.student.remote.HintRequest;
import io.reflux.student.remote.RemoteConfig;
import io.reflux.student.remote.RemoteSource;
import io.reflux.student.remote.SampleForm;
import io.reflux.student.remote.TeacherAccess;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.LocalSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.StoredSource;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the source of one teacher: a service, a fleet of services, or a file. */
final class TeacherOpener {
    private static final int CANARIES = 8;

    private final Vertx vertx;
    private final DataSplits splits;
    private final String student;
    private final FleetWatch watch;

    /**
     * What is asked of a teacher.
     *
     * @param augmentation how augmentation seeds become pixels
     * @param byValue whether only samples by value will be sent
     * @param encoding how soft labels shall travel
     * @param hints what is asked for beside the logits
     * @param batchRows samples of the largest batch
     * @param batchesInFlight batches that may be unanswered
     * @param stored the samples whose labels are stored where the teacher says so; null: none are
     * @param modelDigest the model that the run began with; null: none yet
     * @param giveUpAfter how long a lost teacher is waited for
     */
    record Wanted(
            Augmentation augmentation,
            boolean byValue,
            Encoding encoding,
            List<HintRequest> hints,
            int batchRows,
            int batchesInFlight,
            @Nullable SampleIds stored,
            @Nullable String modelDigest,
            Duration giveUpAfter) {
        Wanted withModelDigest(@Nullable String other) {
            return new Wanted(
                    augmentation, byValue, encoding, hints, batchRows, batchesInFlight, stored, other, giveUpAfter);
        }
    }

    TeacherOpener(Vertx vertx, DataSplits splits, String student, FleetWatch watch) {
        this.vertx = vertx;
        this.splits = splits;
        this.student = student;
        this.watch = watch;
    }

    /** Opens a source, which the caller closes. */
    SoftLabelSource open(TeacherConfig teacher, Wanted wanted) {
        ServiceConfig service = teacher.service();
        if (service == null) {
            return local(teacher, String.valueOf(teacher.onnx()), wanted);
        }
        String address = service.address();
        return address == null
                ? fleet(teacher, service, wanted)
                : RemoteSource.open(vertx, remote(teacher, TeacherAddress.parse(address), wanted));
    }

    private RemoteConfig remote(TeacherConfig teacher, TeacherAddress address, Wanted wanted) {
        boolean accept = teacher.onModelChange() == ModelChange.ACCEPT;
        return new RemoteConfig(
                address,
                student,
                splits.training(),
                wanted.augmentation(),
                wanted.byValue(),
                form(teacher),
                wanted.encoding(),
                wanted.hints(),
                wanted.batchRows(),
                wanted.batchesInFlight(),
                RemoteConfig.Patience.DEFAULT.withGiveUpAfter(wanted.giveUpAfter()),
                new AnswerPolicy(AnswerPolicy.ALONE.batchRetries(), false, accept),
                access(teacher));
    }

    private SampleForm form(TeacherConfig teacher) {
        SendingConfig sending = teacher.sendSamples();
        if (sending == null) {
            return SampleForm.NAMED;
        }
        boolean text = splits.training() instanceof TextDataSet;
        if (text != sending.type().equals(SendingConfig.INT32)) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RECIPE,
                    "teacher.sendSamples: " + sending.type() + " (expected: "
                            + (text ? "int32, since data set " : "uint8 or float32, since data set ")
                            + splits.training().name() + " is " + (text ? "text)" : "images)"));
        }
        return new SampleForm(false, sending.type().equals(SendingConfig.FLOAT32), sending.scaling());
    }

    private SoftLabelSource fleet(TeacherConfig teacher, ServiceConfig service, Wanted wanted) {
        boolean accept = teacher.onModelChange() == ModelChange.ACCEPT;
        return FleetSource.open(
                vertx,
                new FleetConfig(
                        splits.training().size(),
                        Math.min(CANARIES, wanted.batchRows()),
                        wanted.encoding(),
                        accept ? null : wanted.modelDigest(),
                        accept,
                        FleetConfig.Times.DEFAULT.withGiveUpAfter(wanted.giveUpAfter())),
                membership(service),
                new RemoteDialer(vertx, remote(teacher, new TeacherAddress("", 0), wanted)),
                watch);
    }

    private static Membership membership(ServiceConfig service) {
        if (service.dns() != null) {
            return new DnsMembership(TeacherAddress.parse(service.dns()), new SystemResolver());
        }
        return service.addressFile() != null
                ? new FileMembership(Path.of(service.addressFile()))
                : new StaticMembership(
                        service.addresses().stream().map(TeacherAddress::parse).toList());
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

    private SoftLabelSource local(TeacherConfig teacher, String onnx, Wanted wanted) {
        List<String> hints = wanted.hints().stream().map(HintRequest::name).toList();
        InferenceModel model = OnnxRuntimeModel.open(ModelGraph.read(Path.of(onnx)), hints, 1);
        try {
            Evaluator.requireFits("teacher " + onnx, model, splits.training());
            PixelScaling scaling = ModelNotes.of(model.metadata()).scaling();
            SampleReader reader = SampleReader.of(splits.training(), wanted.augmentation(), scaling);
            SampleIds stored = teacher.stored() ? wanted.stored() : null;
            return stored == null
                    ? new LocalSource(model, hints, reader, scaling)
                    : new StoredSource(model, hints, reader, scaling, stored);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
