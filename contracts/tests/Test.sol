// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev The part of forge's cheat codes that these tests use.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function prevrandao(bytes32 value) external;
    function setBlockhash(uint256 number, bytes32 value) external;
    function roll(uint256 number) external;
    function etch(address account, bytes calldata code) external;
    function chainId(uint256 id) external;
    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function label(address account, string calldata name) external;
    function expectRevert() external;
    function expectRevert(bytes calldata data) external;
    function expectEmit(address emitter) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function mockCall(address callee, bytes calldata data, bytes calldata result) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool);
    function startSnapshotGas(string calldata name) external;
    function stopSnapshotGas() external returns (uint256);
    function snapshotValue(string calldata name, uint256 value) external;
    function snapshotGasLastCall(string calldata name) external returns (uint256);
    function assertTrue(bool condition, string calldata message) external pure;
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata message) external pure;
    function assertEq(address left, address right) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(string calldata left, string calldata right) external pure;
}

/// @dev What a test stands on: forge finds contracts by their `test` and `invariant` functions; nothing else is needed.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev An address that has a name in traces.
    function _actor(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    /// @dev A fuzzed value brought into min..max, both included.
    function _bound(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + value % (max - min + 1);
    }

    /// @dev The next call must revert with exactly this error.
    function _expectError(bytes4 selector) internal {
        vm.expectRevert(abi.encodePacked(selector));
    }

    function _expectError(bytes4 selector, bytes memory arguments) internal {
        vm.expectRevert(abi.encodePacked(selector, arguments));
    }
}
