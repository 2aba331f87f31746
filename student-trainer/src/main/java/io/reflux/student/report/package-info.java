/**
 * What a run was worth, measured on the reloaded file in ONNX Runtime: accuracy, agreement, bytes, ratio.
 */
@NullMarked
package io.reflux.student.report;

import org.jspecify.annotations.NullMarked;
