package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.proto.v1.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * A hidden layer of the student that is to match one of the teacher's (Romero et al. 2015, arXiv:1412.6550):
 * {@code weight} times the mean square of what is between them joins the loss.
 *
 * @param teacher name of the teacher's output; of a teacher in this process also of an inner value of its graph
 * @param student name of a value of the student's graph
 * @param weight above 0
 * @param encoding how a service sends it: {@code fp32}, {@code fp16} or {@code int8}
 */
public record HintConfig(String teacher, String student, double weight, EncodingConfig encoding) {
    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public HintConfig {
        Setting.require(!teacher.isEmpty(), "teacher", "empty", "the name of an output");
        Setting.require(!student.isEmpty(), "student", "empty", "the name of a value");
        Setting.above("weight", weight, 0);
        Setting.require(
                !encoding.hasTemperature(),
                "encoding",
                encoding.type(),
                "fp32, fp16 or int8, since a hint is no probability");
    }

    @JsonCreator
    static HintConfig of(
            @JsonProperty("teacher") @Nullable String teacher,
            @JsonProperty("student") @Nullable String student,
            @JsonProperty("weight") @Nullable Double weight,
            @JsonProperty("encoding") @Nullable EncodingConfig encoding) {
        return new HintConfig(
                present("teacher", teacher),
                present("student", student),
                weight == null ? 1 : weight,
                encoding == null ? EncodingConfig.FP32 : encoding);
    }

    private static String present(String key, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(key + ": absent (expected: a name)");
        }
        return value;
    }

    /** Returns what a teacher is asked for. */
    public Encoding toEncoding() {
        return encoding.toEncoding(1);
    }
}
