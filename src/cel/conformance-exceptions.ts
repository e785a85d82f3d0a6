/** Parts of the conformance data that are about protobuf messages, which expressions in Kubernetes never meet. */
export const OUT_OF_SCOPE: readonly { readonly path: string; readonly text?: string }[] = [
  { path: 'proto2' },
  { path: 'proto2_ext' },
  { path: 'proto3' },
  { path: 'enums' },
  { path: 'wrappers' },
  { path: 'block_ext' },
  { path: '-', text: 'TestAllTypes' },
  { path: '-', text: 'google.protobuf.' },
  { path: '-', text: 'GlobalEnum' },
  { path: '-', text: 'messageType' },
  { path: '-', text: '"container":"google.protobuf"' },
];

/** Cases that fail, and why. */
export const CONFORMANCE_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['fields/qualified_identifier_resolution/qualified_identifier_resolution_unchecked', 'dotted names are resolved by the checker, which Kubernetes always runs'],
  ['namespace/namespace/self_eval_container_lookup_unchecked', 'containers are resolved by the checker, which Kubernetes always runs'],
  ['type_deductions/functions/function_result_type', 'declares a function without an implementation'],
  ['type_deductions/type_parameters/multiple_parameters_parameterized_ovl', 'declares a function without an implementation'],
  ['type_deductions/type_parameters/multiple_parameters_parameterized_ovl_2', 'declares a function without an implementation'],
  ['type_deductions/type_parameters/multiple_parameters_generality', 'declares a function without an implementation'],
  ['type_deductions/type_parameters/multiple_parameters_generality_2', 'declares a function without an implementation'],
]);
