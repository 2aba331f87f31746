package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.model.precision.Precision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole recipe. docs/recipes.md lists every key with its default.
 *
 * @param name name of the run and of the exported file, letters, digits, {@code . _ -}
 * @param data what is learnt from
 * @param student what learns
 * @param teacher whom it learns from, or null when there are several or every stage trains on hard labels alone
 * @param teachers several teachers whose soft targets are averaged; empty when there is one or none
 * @param stages what is done, in order; at least one
 * @param export where the results go
 * @param seed seed of the weights, of the order of samples, of augmentation and of dropout
 * @param precision what the step computes in where it may; the exported file is fp32 always
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 */
public record Recipe(
        String name,
        DataConfig data,
        StudentConfig student,
        @Nullable TeacherConfig teacher,
        List<EnsembleMember> teachers,
        List<StageConfig> stages,
        ExportConfig export,
        long seed,
        Precision precision,
        String device) {
    /**
     * Checks the settings against each other and copies the list.
     *
     * @throws IllegalArgumentException when something is out of range, missing or clashes
     */
    public Recipe {
        Setting.require(name.matches("[A-Za-z0-9._-]{1,64}"), "name", name, "1 to 64 of letters, digits, . _ -");
        Setting.require(device.matches("auto|cpu|cuda(:\\d{1,3})?"), "device", device, "auto, cpu, cuda or cuda:N");
        teachers = List.copyOf(teachers);
        Setting.require(teacher == null || teachers.isEmpty(), "teachers", "given", "absent, since teacher is given");
        stages = List.copyOf(stages);
        Setting.require(!stages.isEmpty(), "stages", "none", "at least one");
        for (int i = 0; i < stages.size(); i++) {
            checkStage(stages.get(i), "stages[" + i + "]", teacher, teachers);
        }
        if (export.folder().isEmpty()) {
            export = export.in("runs/" + name);
        }
    }

    @JsonCreator
    static Recipe of(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("data") @Nullable DataConfig data,
            @JsonProperty("student") @Nullable StudentConfig student,
            @JsonProperty("teacher") @Nullable TeacherConfig teacher,
            @JsonProperty("teachers") @Nullable List<EnsembleMember> teachers,
            @JsonProperty("stages") @Nullable List<StageConfig> stages,
            @JsonProperty("export") @Nullable ExportConfig export,
            @JsonProperty("seed") @Nullable Long seed,
            @JsonProperty("precision") @Nullable String precision,
            @JsonProperty("device") @Nullable String device) {
        return new Recipe(
                name == null ? "student" : name,
                present("data", data),
                present("student", student),
                teacher,
                teachers == null ? List.of() : teachers,
                present("stages", stages),
                export == null ? ExportConfig.DEFAULT : export,
                seed == null ? 1 : seed,
                precision == null ? Precision.FP32 : Precision.of(precision),
                device == null ? "auto" : device);
    }

    private static <T> T present(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(key + ": absent (expected: present)");
        }
        return value;
    }

    private static void checkStage(
            StageConfig stage, String path, @Nullable TeacherConfig teacher, List<EnsembleMember> teachers) {
        if (stage instanceof StageConfig.Distil) {
            Setting.require(
                    teacher != null || !teachers.isEmpty(), "teacher", "absent", "present, since " + path + " distils");
        }
        if (stage instanceof StageConfig.Distil distil && !distil.hints().isEmpty()) {
            Setting.require(teachers.isEmpty(), path + ".hints", "given", "absent, since there are several teachers");
        }
        if (stage instanceof QuantizeConfig quantize && quantize.roundsAsTaught()) {
            Setting.require(
                    teacher != null || !teachers.isEmpty(),
                    "teacher",
                    "absent",
                    "present, since the target of " + path + ".rounding is the teacher");
        }
        boolean stored = teacher != null && teacher.stored()
                || teachers.stream().anyMatch(member -> member.teacher().stored());
        if (stage instanceof StageConfig.Distil distil && stored) {
            AugmentationConfig augmentation = distil.schedule().augmentation();
            Setting.require(
                    augmentation.maxShift() == 0,
                    path + ".augmentation.maxShift",
                    augmentation.maxShift(),
                    "0, since the teacher's labels are stored");
            Setting.require(
                    !augmentation.flip(),
                    path + ".augmentation.flip",
                    augmentation.flip(),
                    "false, since the teacher's labels are stored");
        }
    }

    /** Returns the same recipe with another teacher address, as the command line may give one; it takes the place of several. */
    public Recipe withTeacherAddress(String address) {
        TeacherConfig elsewhere = teacher == null ? TeacherConfig.at(address) : teacher.elsewhere(address);
        return with(elsewhere, List.of());
    }

    private Recipe with(@Nullable TeacherConfig one, List<EnsembleMember> several) {
        return new Recipe(name, data, student, one, several, stages, export, seed, precision, device);
    }

    /**
     * Returns the same recipe with other certificates or another token for the teacher; null keeps what it says.
     *
     * @throws IllegalArgumentException when the teacher is no service
     */
    public Recipe withTeacherAccess(@Nullable TlsConfig tls, @Nullable String tokenFile) {
        if (tls == null && tokenFile == null) {
            return this;
        }
        if (teacher == null && !teachers.isEmpty()) {
            return with(
                    null,
                    teachers.stream()
                            .map(member -> new EnsembleMember(
                                    member.teacher().with(tls, tokenFile), member.weight(), member.temperature()))
                            .toList());
        }
        return with(present("teacher", teacher).with(tls, tokenFile), List.of());
    }

    /** Returns the same recipe with another seed for everything but the data. */
    public Recipe withSeed(long other) {
        return new Recipe(name, data, student, teacher, teachers, stages, export, other, precision, device);
    }

    /** Returns the same recipe with its results in another folder. */
    public Recipe withExportFolder(String folder) {
        return with(export.in(folder));
    }

    /**
     * Returns the same recipe with another bound for the agreement of a quantised file with what was trained.
     *
     * @param percent of the test samples
     * @throws IllegalArgumentException when it is not 0 to 100
     */
    public Recipe withMinAgreement(double percent) {
        return with(export.withMinAgreement(percent));
    }

    private Recipe with(ExportConfig other) {
        return new Recipe(name, data, student, teacher, teachers, stages, other, seed, precision, device);
    }

    /**
     * Returns the SHA-256, 64 hexadecimal digits, of what decides the trained weights: data, student, stages, seed, precision and
     * the weights of several teachers. It does not cover where files lie and where the teacher answers, so that a run may go on elsewhere.
     */
    public String digest() {
        String several = teachers.isEmpty()
                ? ""
                : "\n"
                        + teachers.stream()
                                .map(member -> member.weight() + " at " + member.temperature())
                                .toList();
        String identity = String.join(
                        "\n",
                        data.identity(),
                        student.toString(),
                        stages.toString(),
                        Long.toString(seed),
                        precision.label())
                + several;
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(identity.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JVM)", e);
        }
    }
}
