// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IUniqueToken} from "../src/IUniqueToken.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {NoReceiver} from "./MarketToken.t.sol";
import {Test} from "./Test.sol";
import {Wallet} from "./Wallet.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

/// @dev The tokens of which there is one of each.
contract MarketTokenUniqueTest is Test {
    bytes32 private constant SALT = keccak256("a salt");
    /// @dev SHA-256 of nothing (FIPS 180-4's empty message), and where IPFS has the block of no bytes.
    bytes32 private constant METADATA = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;
    string private constant URI = "ipfs://f01551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    MarketToken private token;
    address private alice = _actor("alice");
    address private bob = _actor("bob");
    address private carol = _actor("carol");

    function setUp() public {
        token = new MarketToken(address(this));
        token.mint(alice, 100);
    }

    function test_mintUnique_makesOneTokenWithItsAddress() public {
        uint256 id = uint256(keccak256(abi.encode(alice, SALT)));
        vm.assertEq(token.ownerOf(id), address(0));
        vm.expectEmit(address(token));
        emit IERC1155.URI(URI, id);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(alice, address(0), bob, id, 1);
        vm.prank(alice);
        vm.assertEq(token.mintUnique(bob, SALT, METADATA), id);
        vm.assertEq(token.ownerOf(id), bob);
        vm.assertEq(token.balanceOf(bob, id), 1);
        vm.assertEq(token.uri(id), URI);
        vm.assertEq(token.balanceOf(bob), 0);
        vm.assertEq(token.totalSupply(), 100);
    }

    function test_mintUnique_givesEveryMakerAndSaltAnotherId() public {
        uint256 id = _minted(alice);
        vm.prank(bob);
        uint256 ofBob = token.mintUnique(alice, SALT, METADATA);
        vm.prank(alice);
        uint256 ofOtherSalt = token.mintUnique(alice, keccak256("another salt"), METADATA);
        vm.assertTrue(id != ofBob && id != ofOtherSalt && ofBob != ofOtherSalt, "ids differ");
    }

    function test_mintUnique_refusesAnIdThatExists() public {
        uint256 id = _minted(alice);
        _expectError(IUniqueToken.AlreadyMinted.selector, abi.encode(id));
        vm.prank(alice);
        token.mintUnique(bob, SALT, 0);
        vm.prank(alice);
        token.safeTransferFrom(alice, carol, id, 1, "");
        _expectError(IUniqueToken.AlreadyMinted.selector, abi.encode(id));
        vm.prank(alice);
        token.mintUnique(alice, SALT, METADATA);
        vm.assertEq(token.uri(id), URI);
    }

    function test_mintUnique_refusesAnIdThatIsJustBeingMade() public {
        Wallet wallet = new Wallet();
        wallet.plan(address(token), abi.encodeCall(token.mintUnique, (alice, SALT, 0)));
        vm.prank(address(wallet));
        uint256 id = token.mintUnique(address(wallet), SALT, METADATA);
        vm.assertEq(wallet.attempts(), 1);
        vm.assertEq(wallet.done(), 0);
        vm.assertEq(token.ownerOf(id), address(wallet));
        vm.assertEq(token.balanceOf(alice, id), 0);
    }

    function test_mintUnique_refusesReceiversThatTakeNoTokens() public {
        address receiver = address(new NoReceiver());
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(receiver));
        vm.prank(alice);
        token.mintUnique(receiver, SALT, METADATA);
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(alice);
        token.mintUnique(address(0), SALT, METADATA);
        _minted(alice);
    }

    function test_uri_keepsTheZerosOfADigest() public {
        vm.prank(alice);
        uint256 id = token.mintUnique(alice, SALT, bytes32(uint256(0xff)));
        vm.assertEq(token.uri(id), "ipfs://f0155122000000000000000000000000000000000000000000000000000000000000000ff");
    }

    function test_ownerOf_followsTransfers() public {
        uint256 id = _minted(alice);
        vm.prank(alice);
        token.safeTransferFrom(alice, bob, id, 1, "");
        _assertOwner(id, bob);
        vm.prank(bob);
        token.safeTransferFrom(bob, bob, id, 1, "");
        _assertOwner(id, bob);
        vm.prank(bob);
        token.setApprovalForAll(alice, true);
        vm.prank(alice);
        token.safeTransferFrom(bob, carol, id, 1, "");
        _assertOwner(id, carol);
    }

    function test_ownerOf_followsBatches() public {
        uint256 id = _minted(alice);
        vm.prank(alice);
        uint256 other = token.mintUnique(alice, 0, METADATA);
        _batch(alice, bob, [id, 0, other], [uint256(1), 7, 1]);
        _assertOwner(id, bob);
        _assertOwner(other, bob);
        vm.assertEq(token.balanceOf(bob), 7);
        vm.assertEq(token.ownerOf(0), address(0));
        _batch(bob, bob, [id, id, other], [uint256(1), 1, 0]);
        _assertOwner(id, bob);
    }

    function test_ownerOf_isNotChangedByTransfersOfNone() public {
        uint256 id = _minted(alice);
        vm.prank(carol);
        token.safeTransferFrom(carol, bob, id, 0, "");
        _assertOwner(id, alice);
        vm.prank(alice);
        token.safeTransferFrom(alice, bob, id, 0, "");
        _assertOwner(id, alice);
        _batch(carol, carol, [id, id, 0], [uint256(0), 0, 0]);
        _assertOwner(id, alice);
        _batch(alice, bob, [0, id, 0], [uint256(1), 0, 1]);
        _assertOwner(id, alice);
    }

    function test_ownerOf_isNobodyForTheCreditAndForWhatWasNotMade() public {
        vm.prank(alice);
        token.transfer(bob, 100);
        vm.assertEq(token.ownerOf(0), address(0));
        vm.assertEq(token.ownerOf(1), address(0));
        vm.prank(carol);
        token.safeTransferFrom(carol, bob, 1, 0, "");
        vm.assertEq(token.ownerOf(1), address(0));
    }

    function test_safeTransferFrom_refusesStrangersAndSecondTokens() public {
        uint256 id = _minted(alice);
        _expectError(IERC1155Errors.ERC1155MissingApprovalForAll.selector, abi.encode(carol, alice));
        vm.prank(carol);
        token.safeTransferFrom(alice, carol, id, 1, "");
        _expectError(IERC1155Errors.ERC1155InsufficientBalance.selector, abi.encode(alice, 1, 2, id));
        vm.prank(alice);
        token.safeTransferFrom(alice, carol, id, 2, "");
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(alice);
        token.safeTransferFrom(alice, address(0), id, 1, "");
        _assertOwner(id, alice);
    }

    function test_supportsInterface_knowsUniqueTokens() public view {
        vm.assertTrue(token.supportsInterface(type(IUniqueToken).interfaceId), "unique tokens");
        vm.assertTrue(token.supportsInterface(type(IERC1155MetadataURI).interfaceId), "ERC-1155 metadata");
    }

    /// @dev Whatever is tried with it, one party has the token, and that is its owner.
    function testFuzz_ownerOf_isTheOneHolder(uint256 seed) public {
        address[3] memory parties = [alice, bob, carol];
        uint256 id = _minted(alice);
        for (uint256 i = 0; i < 16; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (address from, address to) = (parties[seed % 3], parties[(seed / 3) % 3]);
            (uint256 amount, uint256 credit) = ((seed / 9) % 3, (seed / 27) % 3);
            uint256[] memory ids = new uint256[](2);
            uint256[] memory amounts = new uint256[](2);
            (ids[0], ids[1], amounts[0], amounts[1]) = (id, 0, amount, credit);
            vm.prank(from);
            if ((seed / 81) % 2 == 0) {
                try token.safeBatchTransferFrom(from, to, ids, amounts, "") {} catch {}
            } else {
                try token.safeTransferFrom(from, to, id, amount, "") {} catch {}
            }
            uint256 sum;
            for (uint256 p = 0; p < 3; ++p) {
                sum += token.balanceOf(parties[p], id);
            }
            vm.assertEq(sum, 1);
            vm.assertEq(token.balanceOf(token.ownerOf(id), id), 1);
        }
    }

    function _minted(address maker) private returns (uint256) {
        vm.prank(maker);
        return token.mintUnique(maker, SALT, METADATA);
    }

    function _batch(address from, address to, uint256[3] memory ids, uint256[3] memory amounts) private {
        uint256[] memory i = new uint256[](3);
        uint256[] memory a = new uint256[](3);
        for (uint256 k = 0; k < 3; ++k) {
            (i[k], a[k]) = (ids[k], amounts[k]);
        }
        vm.prank(from);
        token.safeBatchTransferFrom(from, to, i, a, "");
    }

    function _assertOwner(uint256 id, address owner) private view {
        vm.assertEq(token.ownerOf(id), owner);
        vm.assertEq(token.balanceOf(owner, id), 1);
    }
}
