package io.reflux.app.label;

import io.reflux.student.recipe.EncodingConfig;

/** Encodings as an option: {@code fp16}, {@code top-k:10}, {@code random-sampling:50}. */
final class EncodingText {
    private EncodingText() {}

    /** @throws IllegalArgumentException if it is no encoding */
    static EncodingConfig parse(String text) {
        int colon = text.indexOf(':');
        String type = colon < 0 ? text : text.substring(0, colon);
        try {
            return new EncodingConfig(type, colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1)), false);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--encoding: " + text
                            + " (expected: fp32, fp16, int8, top-k:K with K of 1 to 1048576, or random-sampling:N with"
                            + " N of 1 to 4096)",
                    e);
        }
    }
}
