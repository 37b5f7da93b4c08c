/** Small dense systems, row-major. */

/** The inverse of a symmetric positive definite matrix (Cholesky); null if it is not one. */
export function inverseOf(matrix: Float64Array, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i === j) {
        if (!(sum > 0)) return null;
        factor[i * size + i] = Math.sqrt(sum);
      } else factor[i * size + j] = sum / factor[j * size + j]!;
    }
  }
  // The inverse of the factor in place, then its square.
  for (let i = 0; i < size; i++) {
    factor[i * size + i] = 1 / factor[i * size + i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= factor[i * size + k]! * factor[k * size + j]!;
      factor[i * size + j] = sum * factor[i * size + i]!;
    }
  }
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < size; k++) sum += factor[k * size + i]! * factor[k * size + j]!;
      inverse[i * size + j] = inverse[j * size + i] = sum;
    }
  }
  return inverse;
}

/** Gaussian elimination with partial pivoting; null if the matrix is singular. For a handful of unknowns. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  const a = matrix.slice();
  const x = right.slice();
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row++)
      if (Math.abs(a[row * size + pivot]!) > Math.abs(a[best * size + pivot]!)) best = row;
    if (!(Math.abs(a[best * size + pivot]!) > 1e-12)) return null;
    for (let column = 0; column < size; column++) {
      const swapped = a[pivot * size + column]!;
      a[pivot * size + column] = a[best * size + column]!;
      a[best * size + column] = swapped;
    }
    [x[pivot], x[best]] = [x[best]!, x[pivot]!];
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = a[row * size + pivot]! / a[pivot * size + pivot]!;
      for (let column = pivot; column < size; column++)
        a[row * size + column]! -= factor * a[pivot * size + column]!;
      x[row]! -= factor * x[pivot]!;
    }
  }
  return x.map((value, i) => value / a[i * size + i]!);
}
