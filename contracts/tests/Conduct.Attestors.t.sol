// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Members} from "./Members.sol";

contract ConductAttestorsTest is Members {
    bytes32 private constant ATTESTATION =
        keccak256("Attestation(bytes32 root,uint32 members,uint32 least,bytes32 content,uint64 number)");
    bytes32 private constant SUCCESSION = keccak256("Succession(address[] attestors,uint8 threshold,uint64 number)");
    bytes32 private constant ROOT = keccak256("root");

    function test_constructor_installsThem() public {
        (address[] memory accounts, uint8 threshold, uint64 number) = conduct.attestors();
        vm.assertEq(keccak256(abi.encode(accounts)), keccak256(abi.encode(attestors)));
        vm.assertEq(threshold, THRESHOLD);
        vm.assertEq(number, 1);
        vm.recordLogs();
        _deploy(token, _rules(), attestors, 3);
        vm.assertEq(vm.getRecordedLogs()[0].topics[0], IConduct.AttestorsChanged.selector);
    }

    function test_constructor_invalidAttestors_revert() public {
        _refusesAttestors(attestors, 0);
        _refusesAttestors(attestors, 4);
        _refusesAttestors(new address[](0), 0);
        _refusesAttestors(new address[](0), 1);
        address[] memory bad = attestors;
        bad[1] = bad[0];
        _refusesAttestors(bad, 1);
        (bad[0], bad[1]) = (attestors[1], attestors[0]);
        _refusesAttestors(bad, 1);
        (bad[0], bad[1]) = (address(0), attestors[1]);
        _refusesAttestors(bad, 1);
        _refusesAttestors(_many(33), 1);
        this.deploy(_many(32), 32);
        this.deploy(attestors, 1);
    }

    function test_attest_isTheLatestOfItsNumber() public {
        vm.expectEmit(address(conduct));
        emit IConduct.StandingsAttested(1, ROOT, 9, 400_000, CONTENT);
        conduct.attest(ROOT, 9, 400_000, CONTENT, _signatures(ROOT, 9, 400_000, CONTENT, 1));
        vm.assertEq(conduct.standings(), ROOT);
        vm.warp(START + 5);
        bytes32 next = keccak256("next");
        conduct.attest(next, 8, 300_000, CONTENT, _signatures(next, 8, 300_000, CONTENT, 2));
        vm.assertEq(conduct.standings(), next);
        _isAttested(ROOT, IConduct.Attested(9, 400_000, 1, uint64(START)));
        _isAttested(next, IConduct.Attested(8, 300_000, 2, uint64(START) + 5));
        _isAttested(keccak256("never"), IConduct.Attested(0, 0, 0, 0));
    }

    function test_attest_again_needsNewSignatures() public {
        bytes[] memory first = _signatures(ROOT, 9, 0, CONTENT, 1);
        conduct.attest(ROOT, 9, 0, CONTENT, first);
        vm.expectRevert();
        conduct.attest(ROOT, 9, 0, CONTENT, first);
        conduct.attest(ROOT, 9, 0, CONTENT, _signatures(ROOT, 9, 0, CONTENT, 2));
        vm.assertEq(conduct.attested(ROOT).number, 2);
    }

    function test_attest_anyFieldChanged_reverts() public {
        bytes[] memory signatures = _signatures(ROOT, 9, 7, CONTENT, 1);
        vm.expectRevert();
        conduct.attest(keccak256("other"), 9, 7, CONTENT, signatures);
        vm.expectRevert();
        conduct.attest(ROOT, 8, 7, CONTENT, signatures);
        vm.expectRevert();
        conduct.attest(ROOT, 9, 6, CONTENT, signatures);
        vm.expectRevert();
        conduct.attest(ROOT, 9, 7, keccak256("other"), signatures);
        vm.chainId(777);
        vm.expectRevert();
        conduct.attest(ROOT, 9, 7, CONTENT, signatures);
        conduct.attest(ROOT, 9, 7, CONTENT, _signatures(ROOT, 9, 7, CONTENT, 1));
    }

    function test_attest_ofAnotherContract_reverts() public {
        bytes[] memory signatures = _signatures(ROOT, 9, 7, CONTENT, 1);
        conduct = _deploy(token, _rules(), attestors, THRESHOLD);
        vm.expectRevert();
        conduct.attest(ROOT, 9, 7, CONTENT, signatures);
    }

    function test_attest_nothing_reverts() public {
        bytes[] memory signatures = _signatures(bytes32(0), 9, 0, CONTENT, 1);
        _expectError(IConduct.InvalidAttestation.selector);
        conduct.attest(bytes32(0), 9, 0, CONTENT, signatures);
        signatures = _signatures(ROOT, 0, 0, CONTENT, 1);
        _expectError(IConduct.InvalidAttestation.selector);
        conduct.attest(ROOT, 0, 0, CONTENT, signatures);
        signatures = _signatures(ROOT, 9, 0, bytes32(0), 1);
        _expectError(IConduct.InvalidAttestation.selector);
        conduct.attest(ROOT, 9, 0, bytes32(0), signatures);
    }

    function test_signatures_fewUnsortedTwiceOrOfOthers_revert() public {
        bytes32 hash = keccak256(abi.encode(ATTESTATION, ROOT, uint32(9), uint32(0), CONTENT, uint64(1)));
        address other = _signer("other");
        (bytes memory a, bytes memory b, bytes memory c) =
            (_sign(attestors[0], hash), _sign(attestors[1], hash), _sign(attestors[2], hash));
        _refuses(_list(), 0);
        _refuses(_list(a), 1);
        _refuses(_list(b, a), 1);
        _refuses(_list(a, a), 1);
        _refuses(_list(_sign(other, hash), _sign(other, hash)), 0);
        _refuses(_list(_sign(other, hash), a), 0);
        _refuses(_list(a, c, b), 2);
        _refuses(_list(a, b, b), 2);
        uint256 snapshot = vm.snapshotState();
        conduct.attest(ROOT, 9, 0, CONTENT, _list(a, b, c));
        vm.revertToState(snapshot);
        conduct.attest(ROOT, 9, 0, CONTENT, _list(a, c));
        vm.revertToState(snapshot);
        conduct.attest(ROOT, 9, 0, CONTENT, _list(b, c));
    }

    function test_succeed_theNewOnesAttest_theFormerDoNot() public {
        address[] memory next = _next();
        bytes[] memory oldSignatures = _signatures(ROOT, 9, 0, CONTENT, 1);
        bytes[] memory signatures = _succession(next, 3, 2);
        vm.expectEmit(address(conduct));
        emit IConduct.AttestorsChanged(next, 3, 2);
        vm.prank(stranger);
        conduct.succeed(next, 3, signatures);
        (address[] memory accounts, uint8 threshold, uint64 number) = conduct.attestors();
        vm.assertEq(keccak256(abi.encode(accounts)), keccak256(abi.encode(next)));
        vm.assertEq(threshold, 3);
        vm.assertEq(number, 2);
        _expectError(IConduct.NotAttested.selector, abi.encode(2, 3));
        conduct.attest(ROOT, 9, 0, CONTENT, oldSignatures);
        bytes[] memory mixed = new bytes[](4);
        bytes32 hash = keccak256(abi.encode(ATTESTATION, ROOT, uint32(9), uint32(0), CONTENT, uint64(1)));
        for (uint256 i = 0; i < 4; ++i) {
            mixed[i] = _sign(next[i], hash);
        }
        conduct.attest(ROOT, 9, 0, CONTENT, mixed);
        bytes[] memory former = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            former[i] =
                _sign(attestors[i], keccak256(abi.encode(ATTESTATION, ROOT, uint32(9), uint32(0), CONTENT, uint64(2))));
        }
        _expectError(IConduct.NotAttested.selector, abi.encode(0, 3));
        conduct.attest(ROOT, 9, 0, CONTENT, former);
        vm.expectRevert();
        conduct.succeed(next, 3, signatures);
    }

    /// @dev Back to the first ones: what had named the second ones counts no more.
    function test_succeed_replayed_reverts() public {
        address[] memory same = attestors;
        bytes[] memory signatures = _succession(same, 2, 2);
        conduct.succeed(same, 2, signatures);
        vm.expectRevert();
        conduct.succeed(same, 2, signatures);
        conduct.succeed(same, 2, _succession(same, 2, 3));
        (,, uint64 number) = conduct.attestors();
        vm.assertEq(number, 3);
    }

    function test_succeed_otherNamesOrThreshold_reverts() public {
        address[] memory next = _next();
        bytes[] memory signatures = _succession(next, 3, 2);
        vm.expectRevert();
        conduct.succeed(next, 2, signatures);
        (next[0], next[1]) = (next[1], next[0]);
        vm.expectRevert();
        conduct.succeed(next, 3, signatures);
        bytes[] memory unsorted = _succession(next, 3, 2);
        _expectError(IConduct.InvalidAttestors.selector);
        conduct.succeed(next, 3, unsorted);
        bytes[] memory none = new bytes[](0);
        _expectError(IConduct.NotAttested.selector, abi.encode(0, THRESHOLD));
        conduct.succeed(next, 3, none);
    }

    function deploy(address[] memory accounts, uint8 threshold) external returns (IConduct) {
        return _deploy(token, _rules(), accounts, threshold);
    }

    function _refusesAttestors(address[] memory accounts, uint8 threshold) private {
        _expectError(IConduct.InvalidAttestors.selector);
        this.deploy(accounts, threshold);
    }

    function _refuses(bytes[] memory signatures, uint256 count) private {
        _expectError(IConduct.NotAttested.selector, abi.encode(count, THRESHOLD));
        conduct.attest(ROOT, 9, 0, CONTENT, signatures);
    }

    function _isAttested(bytes32 root, IConduct.Attested memory wanted) private view {
        vm.assertEq(keccak256(abi.encode(conduct.attested(root))), keccak256(abi.encode(wanted)));
    }

    function _signatures(bytes32 root, uint32 count, uint32 least, bytes32 content, uint64 number)
        private
        view
        returns (bytes[] memory)
    {
        return _attest(keccak256(abi.encode(ATTESTATION, root, count, least, content, number)));
    }

    function _succession(address[] memory next, uint8 threshold, uint64 number) private view returns (bytes[] memory) {
        bytes memory words;
        for (uint256 i = 0; i < next.length; ++i) {
            words = bytes.concat(words, abi.encode(next[i]));
        }
        return _attest(keccak256(abi.encode(SUCCESSION, keccak256(words), threshold, number)));
    }

    /// @dev Four others.
    function _next() private returns (address[] memory next) {
        next = new address[](4);
        for (uint256 i = 0; i < next.length; ++i) {
            address account = _signer(string(abi.encodePacked("next ", bytes1(uint8(48 + i)))));
            next[i] = account;
            for (uint256 k = i; k > 0 && next[k - 1] > account; --k) {
                (next[k], next[k - 1]) = (next[k - 1], account);
            }
        }
    }

    function _many(uint160 count) private pure returns (address[] memory accounts) {
        accounts = new address[](count);
        for (uint160 i = 0; i < count; ++i) {
            accounts[i] = address(i + 1);
        }
    }

    function _list() private pure returns (bytes[] memory) {
        return new bytes[](0);
    }

    function _list(bytes memory a) private pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = a;
    }

    function _list(bytes memory a, bytes memory b) private pure returns (bytes[] memory list) {
        list = new bytes[](2);
        (list[0], list[1]) = (a, b);
    }

    function _list(bytes memory a, bytes memory b, bytes memory c) private pure returns (bytes[] memory list) {
        list = new bytes[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
