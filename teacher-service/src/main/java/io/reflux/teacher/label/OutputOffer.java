package io.reflux.teacher.label;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.OutputKind;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.OutputShape;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Describes a model's outputs to students. */
final class OutputOffer {

    /** The others carry probabilities, which a hint is none of. */
    private static final Set<EncodingKind> HINT_KINDS = Collections.unmodifiableSet(EnumSet.of(
            EncodingKind.ENCODING_KIND_FP32, EncodingKind.ENCODING_KIND_FP16, EncodingKind.ENCODING_KIND_INT8_ROWS));

    private OutputOffer() {}

    /** The outputs by name, in the model's order: the logits first. */
    static Map<String, OutputDescription> of(ModelShape model) {
        Map<String, OutputDescription> offered = new LinkedHashMap<>();
        List<Encoding> forHints = SoftLabelEncoding.served().stream()
                .filter(encoding -> HINT_KINDS.contains(encoding.getKind()))
                .toList();
        for (OutputShape output : model.outputs()) {
            OutputDescription.Builder description =
                    OutputDescription.newBuilder().setName(output.name()).addAllShape(output.shape());
            if (offered.isEmpty()) {
                description.setKind(OutputKind.OUTPUT_KIND_LOGITS).setClasses(output.width());
            } else {
                description.setKind(OutputKind.OUTPUT_KIND_HINT).addAllEncodings(forHints);
            }
            offered.put(output.name(), description.build());
        }
        return Collections.unmodifiableMap(offered);
    }

    /** Whether an output may be encoded so. */
    static boolean serves(OutputDescription output, EncodingKind kind) {
        return output.getEncodingsCount() == 0
                || output.getEncodingsList().stream().anyMatch(encoding -> encoding.getKind() == kind);
    }

    /** The kinds of encoding that a hint may have, for messages. */
    static String hintKinds() {
        return HINT_KINDS.toString();
    }
}
