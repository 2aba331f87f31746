package io.reflux.student.remote;

import io.reflux.proto.v1.Encoding;

/**
 * An output that a student asks for beside the logits.
 *
 * @param name the teacher's name of it
 * @param encoding how it shall travel
 */
public record HintRequest(String name, Encoding encoding) {}
