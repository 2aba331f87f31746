/** Scales and zero points: how real numbers become integers and come back, and how many of them share a scale. */
@NullMarked
package io.reflux.quantization.qparams;

import org.jspecify.annotations.NullMarked;
